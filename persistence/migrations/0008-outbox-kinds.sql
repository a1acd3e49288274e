-- What goes out beside publications, letters: the protocol of a delivery that was closed, and a reference to a message that is part of none.
alter table nqs.outbox drop constraint outbox_subject_check;
alter table nqs.outbox add constraint outbox_subject_check check (subject in ('settlement', 'snapshot', 'delivery', 'dead_message'));
alter table nqs.outbox alter column settlement drop not null;
alter table nqs.outbox alter column ordinal set default 0;
alter table nqs.outbox add column reference uuid;      -- of a letter: the delivery or message it is about …
alter table nqs.outbox add column recipient text;      -- … and whose it is: a BIN; '': everybody's
alter table nqs.outbox add constraint outbox_letter_check check (
    case when subject in ('settlement', 'snapshot') then settlement is not null else reference is not null and recipient is not null end);
create index outbox_later on nqs.outbox (route, recipient) where state = 'waiting' and next_at is not null;

-- Deliveries that were set aside: is their supplier told (or is nobody to be)?
alter table nqs.set_aside add column told boolean not null default true;
alter table nqs.set_aside alter column told set default false;
create index set_aside_untold on nqs.set_aside (envelope) where not told;
