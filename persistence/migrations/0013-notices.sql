-- Notices: what parties and officers are told of duties unasked. A notice holds all there is to tell one recipient by one channel on one day.
alter table nqs.party add column mail text;            -- addresses with commas between
alter table nqs.party add column webhook text;         -- an http or https address

create sequence nqs.notice_number;
create table nqs.notice (
    number     bigint primary key,
    day        date not null,
    party      int references nqs.party,   -- null: the officers
    channel    text not null,
    address    text not null,
    message_id text not null,              -- stays the same however often it is sent
    told       int  not null,              -- how many things it tells
    bytes      bytea not null,             -- what is handed to the channel
    state      text not null default 'waiting' check (state in ('waiting', 'sent', 'dead')),
    attempts   int  not null default 0,
    next_at    timestamptz,                -- null: not waiting
    made_at    timestamptz not null,
    sent_at    timestamptz,
    answer     text                        -- of the last attempt
) with (fillfactor = 90);
create unique index notice_once on nqs.notice (day, coalesce(party, 0), channel);
create index notice_waiting on nqs.notice (next_at) where state = 'waiting';
create index notice_dead on nqs.notice (number) where state = 'dead';

create table nqs.notice_attempt (
    notice bigint not null references nqs.notice,
    no     int    not null,
    at     timestamptz not null,
    taken  boolean not null,
    answer text not null,                  -- the transport's
    primary key (notice, no)
);
create trigger notice_attempt_append_only before update or delete or truncate on nqs.notice_attempt for each statement execute function nqs.never();

-- Of which duty it was told how many working days before which day that it comes. A day that moves is told of anew; so is a duty that becomes final.
create table nqs.notice_soon (
    duty    bigint  not null references nqs.duty,
    days    int     not null,
    due_day date    not null,
    final   boolean not null,
    day     date    not null,
    primary key (duty, days, due_day, final)
);

-- The last day that was told, and up to which statement.
create table nqs.notice_round (
    one       boolean primary key default true check (one),
    day       date,
    statement bigint not null
);
insert into nqs.notice_round (statement) select coalesce(max(id), 0) from nqs.statement;
