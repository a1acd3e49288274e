-- What came by Kafka: how far each partition is read, which messages each envelope holds, deliveries of many messages, and messages that could not be kept as a delivery.

-- The mark moves in the commit that keeps the messages before it, and only from where whoever keeps them began: a stalled reader can double nothing.
create table nqs.kafka_mark (
    cluster   text   not null,
    topic     text   not null,
    partition int    not null,
    next      bigint not null,             -- offset of the first message that is not kept
    trouble   text,                        -- why reading has stopped; null: it has not
    since     timestamptz,                 -- of the trouble
    primary key (cluster, topic, partition)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- A delivery of many messages, under the id its supplier gave it.
create table nqs.stream (
    id          uuid primary key,
    party       int  not null references nqs.party,
    feed        text not null,
    supplier_id text not null,
    period      text not null,
    kind        text not null,
    held        boolean not null,          -- its batches are not worked before it is complete, and then together
    opened_at   timestamptz not null,
    state       text not null default 'open' check (state in ('open', 'complete')),
    messages    bigint not null default 0, -- kept so far, repeats among them
    expected    bigint,                    -- records, as its end says; null: the end has not come
    head        uuid,                      -- the envelope of its end: it is worked when all are there, and its protocol is the delivery's
    counted     bigint,                    -- distinct events, when there were so many messages as
    counted_at  bigint,
    completed_at timestamptz,
    unique (party, feed, supplier_id)
);

create table nqs.kafka_batch (
    envelope  uuid   primary key,
    cluster   text   not null,
    topic     text   not null,
    partition int    not null,
    first     bigint not null,             -- where the mark stood, and where it stood then
    next      bigint not null,
    messages  int    not null,
    stream    uuid,                        -- null: a delivery of its own
    ids       bytea                        -- of a stream: 8 bytes of SHA-256 of source and id of each event
);
create unique index stream_head on nqs.stream (head) where head is not null;
create index stream_ending on nqs.stream (id) where state = 'open' and expected is not null;
create index kafka_batch_stream on nqs.kafka_batch (stream) where stream is not null;

-- A message that is part of no delivery: who may not deliver, what names another feed than its topic. Its bytes are sealed as an envelope's are.
create table nqs.kafka_dead (
    id        uuid   primary key,
    at        timestamptz not null,
    cluster   text   not null,
    topic     text   not null,
    partition int    not null,
    "offset"  bigint not null,
    feed      text   not null,
    month     date   not null,
    key       bytea  not null,
    code      text   not null,
    args      text[] not null,
    bytes     bytea[] not null,            -- its frame, in parts
    unique (cluster, topic, partition, "offset")
);

-- A batch that waits for the end of its delivery, or that end itself: kept, but not to be worked yet or by itself.
alter table nqs.envelope drop constraint envelope_state_check;
alter table nqs.envelope add constraint envelope_state_check check (state in ('kept', 'part', 'settled', 'refused', 'set_aside'));
