-- Who owes what by when: what is in force of the register of obligations, duties and what was established about them, and what happened that they rest on.

-- The register itself is a file and only proposes. What binds is written here, with the text that was approved.
create table nqs.law_approval (
    id          bigint generated always as identity primary key,
    obligation  text not null,
    reading     text not null,
    hash        text not null,             -- SHA-256 of text
    text        text not null,             -- norm and reading, canonical JSON
    approved_by text not null,
    ground      text not null,
    at          timestamptz not null
);
create trigger law_approval_append_only before update or delete or truncate on nqs.law_approval for each statement execute function nqs.never();

create table nqs.law_in_force (
    id         bigint generated always as identity primary key,
    obligation text not null,
    day        date not null,              -- the last row of an obligation is the one that counts
    set_by     text not null,
    ground     text not null,
    at         timestamptz not null
);
create trigger law_in_force_append_only before update or delete or truncate on nqs.law_in_force for each statement execute function nqs.never();

-- What happened, as somebody reported it. Persons are in no column: a subject is a reference.
create table nqs.event (
    id          uuid primary key,
    type        text not null,
    party       int references nqs.party,  -- whom it concerns; null: all, or a person
    subject     text not null default '',  -- what of theirs it is about: a number, a reference
    period      text,                      -- of the duty that it settles, where that is one by periods
    delivery    uuid,                      -- that it is about
    records     bigint,                    -- how many of it were taken
    day         date not null,
    at          timestamptz not null,      -- the moment; where only a day was told, its beginning
    ground      text not null default '',
    replaces    uuid,                      -- the event whose duty goes on under this one
    reported_by text not null,             -- 'party:BIN', 'cli:NAME'
    reported_at timestamptz not null,
    message_id  text,
    unique (reported_by, message_id)
);
create index event_party on nqs.event (party, type, day);
create index event_delivery on nqs.event (delivery) where delivery is not null;
create trigger event_append_only before update or delete or truncate on nqs.event for each statement execute function nqs.never();

-- What duties have not been asked about yet: events, and parties whose roles changed.
create table nqs.event_queue (event uuid primary key);
create function nqs.event_kept() returns trigger language plpgsql as $$
begin
    insert into nqs.event_queue values (new.id);
    return null;
end $$;
create trigger event_kept after insert on nqs.event for each row execute function nqs.event_kept();

create table nqs.role_queue (party int primary key);
create function nqs.role_changed() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        insert into nqs.role_queue values (old.party) on conflict do nothing;
    end if;
    if tg_op <> 'DELETE' then
        insert into nqs.role_queue values (new.party) on conflict do nothing;
    end if;
    return null;
end $$;
create trigger role_inserted after insert or delete on nqs.party_role for each row execute function nqs.role_changed();
create trigger role_updated after update on nqs.party_role for each row when (old.* is distinct from new.*) execute function nqs.role_changed();
insert into nqs.role_queue select distinct party from nqs.party_role;

-- An obligation of one debtor for one occasion: a period ("2026-10"), an event ("event:ID"), a delivery ("delivery:ID"), "once", or an act's day.
create table nqs.duty (
    id           bigint generated always as identity primary key,
    obligation   text not null,
    party        int references nqs.party, -- null: a person, known by subject
    subject      text not null default '',
    occasion     text not null,
    feed         text,                     -- whose delivery or hand-over settles it
    cause_day    date not null,            -- the period's last day, or the event's day …
    cause_at     timestamptz not null,     -- … and moment
    reading      text not null,
    hash         text not null,
    provisional  boolean not null,         -- the reading is only proposed
    due_day      date,                     -- null: no term is set
    due_at       timestamptz,              -- the first instant that is too late
    editions     text[] not null default '{}',
    extended     boolean not null default false,     -- due by a person's or the policy's decision: not computed again
    closes_at    timestamptz,              -- overdue, it is missing from then on
    state        text not null default 'open' check (state in ('open', 'in_time', 'overdue', 'late', 'missing', 'waived', 'met', 'cancelled')),
    held         text,                     -- why there is no verdict though the time is over
    opened_at    timestamptz not null,
    changed_at   timestamptz not null
) with (fillfactor = 80);
create unique index duty_of on nqs.duty (obligation, occasion, party, subject) where party is not null;
create unique index duty_of_person on nqs.duty (obligation, occasion, subject) where party is null;
create index duty_party on nqs.duty (party, feed, occasion);
create index duty_due on nqs.duty (due_at) where state = 'open' and due_at is not null;
create index duty_open on nqs.duty (obligation) where state = 'open';
create index duty_closing on nqs.duty (closes_at) where state = 'overdue' and closes_at is not null;
create index duty_changed on nqs.duty (changed_at);

-- What became of a duty, but for verdicts: opened, moved (the due instant, and why), extended, delivered, attempt (turned away by our overload), outage, cancelled, …
create table nqs.duty_event (
    duty   bigint not null references nqs.duty,
    no     int    not null,
    at     timestamptz not null,
    kind   text not null,
    detail jsonb not null default '{}',
    primary key (duty, no)
);
create trigger duty_event_append_only before update or delete or truncate on nqs.duty_event for each statement execute function nqs.never();

-- Verdicts, never rewritten, each row chained to the one before it by SHA-256.
create sequence nqs.statement_id;
create table nqs.statement (
    id           bigint primary key,       -- drawn under the lock of the chain
    duty         bigint not null references nqs.duty,
    at           timestamptz not null,
    verdict      text not null check (verdict in ('in_time', 'overdue', 'late', 'missing', 'waived')),
    provisional  boolean not null,
    reading      text not null,
    hash         text not null,
    due_day      date,
    due_at       timestamptz,
    editions     text[] not null,
    tz           text not null,            -- version of the time zone data
    envelope     uuid,                     -- the delivery it rests on, or …
    event        uuid,                     -- … the event
    evidence     bytea,                    -- SHA-256 of the delivery's payload
    moment       text,                     -- which of its moments decided …
    moment_at    timestamptz,              -- … and when that was
    detail       jsonb not null default '{}',
    previous     bytea not null,
    digest       bytea not null
);
create index statement_duty on nqs.statement (duty, id);

create function nqs.statement_digest(previous bytea, s nqs.statement) returns bytea
language sql stable as $$
    select sha256(previous || convert_to(jsonb_build_array(s.id, s.duty, extract(epoch from s.at), s.verdict, s.provisional, s.reading, s.hash, s.due_day,
        extract(epoch from s.due_at), s.editions, s.tz, s.envelope, s.event, encode(s.evidence, 'hex'), s.moment, extract(epoch from s.moment_at), s.detail)::text, 'UTF8'))
$$;
create function nqs.statement_chain() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(7391009);
    new.id := nextval('nqs.statement_id');
    select coalesce((select digest from nqs.statement order by id desc limit 1), '\x00') into new.previous;
    new.digest := nqs.statement_digest(new.previous, new);
    return new;
end $$;
create trigger statement_chain before insert on nqs.statement for each row execute function nqs.statement_chain();
create trigger statement_append_only before update or delete or truncate on nqs.statement for each statement execute function nqs.never();

-- What a statement would have been by another reading or a later edition: beside it, never instead of it.
create table nqs.counterfactual (
    statement bigint not null references nqs.statement,
    by        text   not null,             -- 'reading ID', 'edition ID'
    at        timestamptz not null,
    verdict   text   not null,
    due_day   date,
    due_at    timestamptz,
    primary key (statement, by)
);
create trigger counterfactual_append_only before update or delete or truncate on nqs.counterfactual for each statement execute function nqs.never();

-- Each minute in which a process was there, signed by the key of the installation.
create table nqs.heartbeat (
    minute    timestamptz not null,
    process   uuid not null,
    at        timestamptz not null,
    signature bytea not null,
    primary key (minute, process)
);

-- Processes that serve, and since when their oldest delivery on its way in has been coming.
create table nqs.process (
    id            uuid primary key,
    seen_at       timestamptz not null,
    oldest_upload timestamptz
) with (fillfactor = 50);

-- Deliveries that were turned away because we were too busy.
create table nqs.turned_away (
    party  int not null references nqs.party,
    feed   text not null,
    minute timestamptz not null,
    n      int not null,
    primary key (party, feed, minute)
);

-- How far the duties are: settlements looked at, and what they were opened under.
create table nqs.deadline (
    one     boolean primary key default true check (one),
    ordinal bigint not null,
    law     text not null,                 -- fingerprint of register, approvals, days in force and calendar
    until   date                           -- occasions are opened up to this day
);
insert into nqs.deadline (ordinal, law) values (0, '');

-- The envelopes of a settlement, for whoever follows settlements in their order.
alter table nqs.settlement add column envelopes uuid[];
update nqs.settlement s set envelopes = e.ids from (select settlement, array_agg(id order by number) as ids from nqs.envelope where settlement is not null group by settlement) e
    where e.settlement = s.id;
