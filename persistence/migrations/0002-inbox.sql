-- The inbox: envelopes byte for byte, and what became of them.
create sequence nqs.delivery_number;
create sequence nqs.settlement_id;

-- An upload under way that has committed a part; gone when the envelope is kept. What never ends is swept by age.
create table nqs.upload (
    id         uuid primary key,
    party      int  not null references nqs.party,
    feed       text not null,
    month      date not null,
    key        bytea not null,             -- the envelope's key, wrapped by the key of feed and month
    begun_at   timestamptz not null,
    seen_at    timestamptz not null
);

create table nqs.envelope_part (
    month    date not null,
    envelope uuid not null,
    no       int  not null,
    bytes    bytea not null,               -- AES-256-GCM(zstd(bytes))
    primary key (envelope, no, month)
) partition by list (month);

create table nqs.envelope (
    id             uuid primary key,
    number         bigint not null,
    party          int  not null references nqs.party,
    feed           text not null,
    period         text not null,
    kind           text not null,
    source         text not null,
    format         text not null,
    message_id     text,
    reply_to       text,
    month          date not null,
    key            bytea not null,
    parts          int  not null,
    kept_bytes     bigint not null,
    payload_form   text not null,
    payload_offset bigint not null,
    payload_length bigint not null,
    xml_prologue   text,
    digest_payload bytea not null,
    sender_date    timestamptz,
    transport_date timestamptz,
    first_byte     timestamptz not null,
    last_byte      timestamptz not null,
    committed      timestamptz not null,
    database_clock timestamptz not null default clock_timestamp(),
    receipt        bytea not null,
    state          text not null default 'kept' check (state in ('kept', 'settled', 'refused', 'set_aside')),
    refused_code   text,
    refused_args   text[],
    settlement     bigint,
    first_seq      int,
    last_seq       int,
    counts         int[],                  -- by outcome: new changed unchanged withdrawn older refused
    outcomes       bytea,                  -- zstd of 4 bits a record, in order of seq
    findings       int,                    -- in all; up to 10,000 are stored
    closed_at      timestamptz
) with (fillfactor = 70);                  -- closing changes no indexed column and finds room on the page
create index envelope_latest on nqs.envelope (party, feed, period, kind, number);
create unique index envelope_message on nqs.envelope (party, message_id) where message_id is not null;

-- Envelopes that failed to be worked time and again; nobody waits behind them.
create table nqs.set_aside (envelope uuid primary key);

-- What waits to be worked. A row of its own, so that closing an envelope touches none of the envelope's indexes.
create table nqs.queue (
    party    int    not null,
    feed     text   not null,
    number   bigint not null,
    envelope uuid   not null,
    attempt  int    not null default 0,
    primary key (party, feed, number)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);

create table nqs.finding (
    envelope uuid not null,
    no       int  not null,
    seq      int  not null,
    severity text not null,
    code     text not null,
    place    text not null,
    args     text[] not null,
    primary key (envelope, no)
);

-- The one commit that puts envelopes of one (party, feed) into effect. ordinal and at are written last, under a short lock.
create table nqs.settlement (
    id      bigint primary key,
    party   int  not null references nqs.party,
    feed    text not null,
    ordinal bigint not null unique,
    at      timestamptz not null
);
create index settlement_at on nqs.settlement (at);
