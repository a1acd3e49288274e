-- What is to be sent: of a publication, the changes of one settlement or a snapshot as of one. Sent rows are gone; those given up stay until a person decides.
create table nqs.outbox (
    id         bigint generated always as identity primary key,
    route      text not null,              -- the publication
    subject    text not null check (subject in ('settlement', 'snapshot')),
    settlement bigint not null references nqs.settlement,
    ordinal    bigint not null,            -- of that settlement: the order in which a route is served
    since      timestamptz not null,
    state      text not null default 'waiting' check (state in ('waiting', 'dead')),
    attempts   int not null default 0,     -- since something was delivered last
    next_at    timestamptz,                -- waiting: not before
    error      text,                       -- of the last attempt
    after_seq  int,                        -- delivered up to this record: its place in the settlement …
    after_key  text,                       -- … and its key; null: nothing yet
    until_seq  int,                        -- wanted up to this record; null: all of them
    until_key  text,
    events     bigint not null default 0,  -- waiting: delivered so far; dead: given up
    digest     bytea,                      -- of a snapshot's records delivered so far
    due        timestamptz,                -- of a snapshot by schedule: the moment it is for …
    period     text,                       -- … the period …
    late       boolean                     -- … and whether that moment was long over when it was made
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0);
create index outbox_waiting on nqs.outbox (route, ordinal, id) where state = 'waiting';
create index outbox_dead on nqs.outbox (route, settlement) where state = 'dead';

-- How far each publication is.
create table nqs.route (
    name      text primary key,
    ordinal   bigint not null,             -- of the last settlement sent whole
    sent_at   timestamptz not null,
    events    bigint not null              -- in all
);

-- Publications by schedule: the last moment that was seen to, at first that since which the publication is known (what was due before is not made good).
create table nqs.schedule (
    name text primary key,
    due  timestamptz not null
);
