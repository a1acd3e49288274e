-- What is fetched from suppliers' systems: since when each fetch is known (what was due before is not made good), and every run of it.
create table nqs.fetch (
    name  text primary key,
    since timestamptz not null
);

create table nqs.fetch_run (
    id          bigint generated always as identity primary key,
    name        text not null references nqs.fetch,
    due         timestamptz,               -- the moment of the schedule it is for; null: by command
    period      text not null,
    state       text not null default 'waiting' check (state in ('waiting', 'running', 'kept', 'repeat', 'refused', 'failed')),
    attempt     int not null default 0,
    next_at     timestamptz,               -- waiting: not before
    begun       timestamptz,
    ended       timestamptz,
    pages       int,
    bytes       bigint,
    http_status int,
    error_code  text,
    delivery    uuid                       -- running: about to be kept
);
create unique index fetch_run_due on nqs.fetch_run (name, due) where due is not null;
create index fetch_run_latest on nqs.fetch_run (name, id);
