-- How far the partitions of Kafka are known to be read: no verdict about a duty is given before its sources were read up to its due moment.
alter table nqs.kafka_mark add column ends bigint;            -- the offset behind its last message, when it was last asked for
alter table nqs.kafka_mark add column read_at timestamptz;    -- all that was written before that moment is kept
create index kafka_mark_owner on nqs.kafka_mark (split_part(reverse(topic), '.', 2), split_part(reverse(topic), '.', 1));   -- BIN and feed, each from its end
create index stream_open on nqs.stream (opened_at) where state = 'open';
