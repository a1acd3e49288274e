-- Support requests of users (Order 391, paragraph 16 and its annex). What a person wrote is sealed under that person's key and nowhere else; what became of a request are
-- events whose subject is its number.
create table nqs.support_request (
    number       bigint generated always as identity primary key,
    id           uuid not null unique,     -- ties what is sealed to its row
    party        int not null references nqs.party,   -- who handed it in
    message_id   text,
    hash         bytea not null,           -- keyed, of what was handed in: is a repeat one?
    submitted_at timestamptz not null,
    day          date not null,            -- in Almaty
    class        text not null default 'request' check (class in ('request', 'correction', 'functioning')),
    event        uuid,                     -- with which its duty began, the last one
    data         bytea not null,           -- sealed: who it is and what it is about, JSON
    text         bytea not null,           -- sealed
    file         bytea,                    -- sealed
    file_size    int,
    answered_at  timestamptz,
    answer       bytea,                    -- sealed; null although answered: the person had been erased
    unique (party, message_id)
);
alter table nqs.support_request alter column file set storage external;
