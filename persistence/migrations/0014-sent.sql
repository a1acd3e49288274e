-- What a publication's receiver took whole: the changes of a settlement, or a snapshot as of one. By it a duty to hand a delivery over says when that was sent (Order 391, paragraph 8).
create table nqs.sent (
    ordinal  bigint not null,              -- of the settlement
    route    text not null,                -- the publication
    snapshot boolean not null,             -- all of its feed up to that settlement
    at       timestamptz not null,
    primary key (ordinal, route, snapshot)
);
create index sent_snapshot on nqs.sent (ordinal) where snapshot;
