-- Deliveries in their suppliers' own formats: by which mapping an envelope is read, under which name its file came; where in the sender's document a finding points.
alter table nqs.envelope add mapping text, add file_name text;
alter table nqs.finding add source text;

-- The language of what is written for a party that cannot ask for one: texts beside dropped files.
alter table nqs.party add lang text not null default 'kk' check (lang in ('kk', 'ru', 'en'));
