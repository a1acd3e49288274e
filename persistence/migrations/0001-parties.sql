-- Parties, their roles and credentials; the audit trail; the keys of stored data.
create schema nqs;
create schema feed;

create table nqs.party (
    id          int generated always as identity primary key,
    bin         text not null unique check (bin ~ '^[0-9]{12}$'),
    name        text not null,
    created_at  timestamptz not null,
    disabled_at timestamptz
);

create table nqs.party_role (
    party      int  not null references nqs.party,
    role       text not null,
    source     text not null,              -- 'administrator', or the code of the feed that grants it
    valid_from date not null,
    valid_to   date,                       -- last day; null: no end
    ground     text not null default '',
    primary key (party, role, source, valid_from)
);

create table nqs.credential (
    id          int generated always as identity primary key,
    party       int  not null references nqs.party,
    kind        text not null check (kind in ('token', 'password')),
    lookup      bytea not null,            -- SHA-256 of a token; a senderId in UTF-8
    salt        bytea,
    secret      bytea,                     -- scrypt(password)
    version     int  not null default 1,
    created_at  timestamptz not null,
    disabled_at timestamptz
);
create unique index credential_lookup on nqs.credential (kind, lookup) where disabled_at is null;

-- Rises with every change of a party, a role or a credential: who was recognised under an older number is looked up anew before anything is kept for them.
create table nqs.access (
    one     boolean primary key default true check (one),
    version bigint not null
);
insert into nqs.access (version) values (1);

create function nqs.access_changed() returns trigger language plpgsql as $$
begin
    update nqs.access set version = version + 1;
    return null;
end $$;
create trigger party_access      after insert or update or delete on nqs.party      for each row execute function nqs.access_changed();
create trigger party_role_access after insert or update or delete on nqs.party_role for each row execute function nqs.access_changed();
create trigger credential_access after insert or update or delete on nqs.credential for each row execute function nqs.access_changed();

-- Append-only, each row chained to the one before it by SHA-256.
create sequence nqs.audit_id;
create table nqs.audit (
    id       bigint primary key,           -- drawn under the lock of the chain, so that ids rise as it does
    at       timestamptz not null,
    actor    text not null,                -- 'cli:<unix user>' or 'party:<BIN>'
    act      text not null,                -- 'party.add', 'read', 'refused', …
    subject  text not null,
    detail   text not null default '',
    previous bytea not null,
    digest   bytea not null
);

create function nqs.audit_digest(previous bytea, at timestamptz, actor text, act text, subject text, detail text) returns bytea
language sql stable as $$
    select sha256(previous || convert_to(jsonb_build_array(extract(epoch from at), actor, act, subject, detail)::text, 'UTF8'))
$$;

create function nqs.audit_chain() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(7391001);
    new.id := nextval('nqs.audit_id');
    select coalesce((select digest from nqs.audit order by id desc limit 1), '\x00') into new.previous;
    new.digest := nqs.audit_digest(new.previous, new.at, new.actor, new.act, new.subject, new.detail);
    return new;
end $$;
create trigger audit_chain before insert on nqs.audit for each row execute function nqs.audit_chain();

create function nqs.never() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = '42501';
end $$;
create trigger audit_append_only before update or delete or truncate on nqs.audit for each statement execute function nqs.never();

-- The key of one feed's raw bytes of one month, wrapped by the installation's key. Destroying it destroys the month.
create table nqs.raw_key (
    feed         text not null,
    month        date not null,
    wrapped      bytea,
    destroyed_at timestamptz,
    primary key (feed, month)
);

-- A person, known by a keyed hash only. Deleting the wrapped key erases the person from every personal column.
create table nqs.person (
    id         bigint generated always as identity primary key,
    lookup     bytea not null unique,
    wrapped    bytea,
    blocked    boolean not null default false,
    created_at timestamptz not null
);
