-- Generated from the contracts of the feeds. Do not edit.

-- accredited-centres: current rows, and the versions that were.
create table if not exists feed."accredited_centre" (
    "issuer" text collate "C" not null,
    "certificate_number" text collate "C" not null,
    "centre_bin" text collate "C" not null,
    "name_kk" text collate "C" not null,
    "name_ru" text collate "C" not null,
    "kato" text collate "C",
    "issued_on" date not null,
    "valid_to" date not null,
    "profession_codes" text[] not null,
    "history" jsonb,
    "non_renewable" boolean,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("issuer", "certificate_number")
);
create index if not exists "accredited_centre_settlement" on feed."accredited_centre" using brin (settlement);
create table if not exists feed."accredited_centre_history" (
    "issuer" text collate "C",
    "certificate_number" text collate "C",
    "centre_bin" text collate "C",
    "name_kk" text collate "C",
    "name_ru" text collate "C",
    "kato" text collate "C",
    "issued_on" date,
    "valid_to" date,
    "profession_codes" text[],
    "history" jsonb,
    "non_renewable" boolean,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("issuer", "certificate_number", settlement, seq)
);
create index if not exists "accredited_centre_history_settlement" on feed."accredited_centre_history" using brin (settlement);

-- centre-founders: current rows, and the versions that were.
create table if not exists feed."centre_founder" (
    "centre_bin" text collate "C" not null,
    "founder_number" integer not null,
    "issuer" text collate "C" not null,
    "founder_kind" text collate "C" not null,
    "founder_bin" text collate "C",
    "founder_iin" bytea,
    "name_kk" text collate "C" not null,
    "name_ru" text collate "C" not null,
    "country" text collate "C",
    "share_percent" numeric,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("centre_bin", "founder_number")
);
create index if not exists "centre_founder_settlement" on feed."centre_founder" using brin (settlement);
create table if not exists feed."centre_founder_history" (
    "centre_bin" text collate "C",
    "founder_number" integer,
    "issuer" text collate "C",
    "founder_kind" text collate "C",
    "founder_bin" text collate "C",
    "founder_iin" bytea,
    "name_kk" text collate "C",
    "name_ru" text collate "C",
    "country" text collate "C",
    "share_percent" numeric,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("centre_bin", "founder_number", settlement, seq)
);
create index if not exists "centre_founder_history_settlement" on feed."centre_founder_history" using brin (settlement);

-- education-programmes: current rows, and the versions that were.
create table if not exists feed."education_programme" (
    "organisation_bin" text collate "C" not null,
    "programme_id" text collate "C" not null,
    "name_kk" text collate "C" not null,
    "name_ru" text collate "C" not null,
    "name_en" text collate "C",
    "programme_code" text collate "C",
    "education_level" text collate "C" not null,
    "group_code" text collate "C",
    "status" text collate "C" not null,
    "languages" text[],
    "duration_months" integer,
    "credits" integer,
    "standard_code" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("organisation_bin", "programme_id")
);
create index if not exists "education_programme_settlement" on feed."education_programme" using brin (settlement);
create table if not exists feed."education_programme_history" (
    "organisation_bin" text collate "C",
    "programme_id" text collate "C",
    "name_kk" text collate "C",
    "name_ru" text collate "C",
    "name_en" text collate "C",
    "programme_code" text collate "C",
    "education_level" text collate "C",
    "group_code" text collate "C",
    "status" text collate "C",
    "languages" text[],
    "duration_months" integer,
    "credits" integer,
    "standard_code" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("organisation_bin", "programme_id", settlement, seq)
);
create index if not exists "education_programme_history_settlement" on feed."education_programme_history" using brin (settlement);

-- legal-acts: current rows, and the versions that were.
create table if not exists feed."legal_act" (
    "act_number" text collate "C" not null,
    "act_date" date not null,
    "title_kk" text collate "C" not null,
    "title_ru" text collate "C" not null,
    "registration_number" text collate "C",
    "registered_on" date,
    "in_force_from" date,
    "in_force_to" date,
    "link" text collate "C",
    "replaces" jsonb,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("act_number", "act_date")
);
create index if not exists "legal_act_settlement" on feed."legal_act" using brin (settlement);
create table if not exists feed."legal_act_history" (
    "act_number" text collate "C",
    "act_date" date,
    "title_kk" text collate "C",
    "title_ru" text collate "C",
    "registration_number" text collate "C",
    "registered_on" date,
    "in_force_from" date,
    "in_force_to" date,
    "link" text collate "C",
    "replaces" jsonb,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("act_number", "act_date", settlement, seq)
);
create index if not exists "legal_act_history_settlement" on feed."legal_act_history" using brin (settlement);

-- national-council: current rows, and the versions that were.
create table if not exists feed."council_session" (
    "session_number" text collate "C" not null,
    "session_date" date not null,
    "agenda_kk" text collate "C" not null,
    "agenda_ru" text collate "C" not null,
    "decisions" jsonb,
    "members" jsonb,
    "link" text collate "C" not null,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("session_number", "session_date")
);
create index if not exists "council_session_settlement" on feed."council_session" using brin (settlement);
create table if not exists feed."council_session_history" (
    "session_number" text collate "C",
    "session_date" date,
    "agenda_kk" text collate "C",
    "agenda_ru" text collate "C",
    "decisions" jsonb,
    "members" jsonb,
    "link" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("session_number", "session_date", settlement, seq)
);
create index if not exists "council_session_history_settlement" on feed."council_session_history" using brin (settlement);

-- nkz: current rows, and the versions that were.
create table if not exists feed."occupation_group" (
    "code" text collate "C" not null,
    "edition" text collate "C" not null,
    "name_kk" text collate "C" not null,
    "name_ru" text collate "C" not null,
    "parent_code" text collate "C",
    "skill_level" integer,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("code", "edition")
);
create index if not exists "occupation_group_settlement" on feed."occupation_group" using brin (settlement);
create table if not exists feed."occupation_group_history" (
    "code" text collate "C",
    "edition" text collate "C",
    "name_kk" text collate "C",
    "name_ru" text collate "C",
    "parent_code" text collate "C",
    "skill_level" integer,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("code", "edition", settlement, seq)
);
create index if not exists "occupation_group_history_settlement" on feed."occupation_group_history" using brin (settlement);

-- nrk: current rows, and the versions that were.
create table if not exists feed."qualification_level" (
    "level" integer not null,
    "edition" text collate "C" not null,
    "characteristics_kk" text collate "C" not null,
    "characteristics_ru" text collate "C" not null,
    "education_level_kk" text collate "C" not null,
    "education_level_ru" text collate "C" not null,
    "act_number" text collate "C" not null,
    "act_date" date not null,
    "in_force_from" date,
    "link" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("level", "edition")
);
create index if not exists "qualification_level_settlement" on feed."qualification_level" using brin (settlement);
create table if not exists feed."qualification_level_history" (
    "level" integer,
    "edition" text collate "C",
    "characteristics_kk" text collate "C",
    "characteristics_ru" text collate "C",
    "education_level_kk" text collate "C",
    "education_level_ru" text collate "C",
    "act_number" text collate "C",
    "act_date" date,
    "in_force_from" date,
    "link" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("level", "edition", settlement, seq)
);
create index if not exists "qualification_level_history_settlement" on feed."qualification_level_history" using brin (settlement);

-- professional-standards: current rows, and the versions that were.
create table if not exists feed."professional_standard" (
    "code" text collate "C" not null,
    "edition" text collate "C" not null,
    "name_kk" text collate "C" not null,
    "name_ru" text collate "C" not null,
    "sector" text collate "C" not null,
    "profession_codes" text[] not null,
    "levels" jsonb not null,
    "oked" text[],
    "act_number" text collate "C" not null,
    "act_date" date not null,
    "update_due_on" date,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("code", "edition")
);
create index if not exists "professional_standard_settlement" on feed."professional_standard" using brin (settlement);
create table if not exists feed."professional_standard_history" (
    "code" text collate "C",
    "edition" text collate "C",
    "name_kk" text collate "C",
    "name_ru" text collate "C",
    "sector" text collate "C",
    "profession_codes" text[],
    "levels" jsonb,
    "oked" text[],
    "act_number" text collate "C",
    "act_date" date,
    "update_due_on" date,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("code", "edition", settlement, seq)
);
create index if not exists "professional_standard_history_settlement" on feed."professional_standard_history" using brin (settlement);

-- professions: current rows, and the versions that were.
create table if not exists feed."profession" (
    "code" text collate "C" not null,
    "name_kk" text collate "C" not null,
    "name_ru" text collate "C" not null,
    "nkz_code" text collate "C" not null,
    "nkz_edition" text collate "C" not null,
    "recognition" text collate "C" not null,
    "document_months" integer not null,
    "sector" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("code")
);
create index if not exists "profession_settlement" on feed."profession" using brin (settlement);
create table if not exists feed."profession_history" (
    "code" text collate "C",
    "name_kk" text collate "C",
    "name_ru" text collate "C",
    "nkz_code" text collate "C",
    "nkz_edition" text collate "C",
    "recognition" text collate "C",
    "document_months" integer,
    "sector" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("code", settlement, seq)
);
create index if not exists "profession_history_settlement" on feed."profession_history" using brin (settlement);

-- recognition-documents: current rows, and the versions that were.
create table if not exists feed."recognition_document" (
    "centre_bin" text collate "C" not null,
    "document_number" text collate "C" not null,
    "issued_on" date not null,
    "valid_to" date not null,
    "profession_code" text collate "C" not null,
    "qualification" text collate "C" not null,
    "level" integer not null,
    "skills" text[],
    "attempt_number" text collate "C",
    "status" text collate "C" not null,
    "annulled_on" date,
    "annulment_ground" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("centre_bin", "document_number")
);
create index if not exists "recognition_document_settlement" on feed."recognition_document" using brin (settlement);
create table if not exists feed."recognition_document_history" (
    "centre_bin" text collate "C",
    "document_number" text collate "C",
    "issued_on" date,
    "valid_to" date,
    "profession_code" text collate "C",
    "qualification" text collate "C",
    "level" integer,
    "skills" text[],
    "attempt_number" text collate "C",
    "status" text collate "C",
    "annulled_on" date,
    "annulment_ground" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("centre_bin", "document_number", settlement, seq)
);
create index if not exists "recognition_document_history_settlement" on feed."recognition_document_history" using brin (settlement);

-- recognition-results: current rows, and the versions that were.
create table if not exists feed."recognition_result" (
    "centre_bin" text collate "C" not null,
    "attempt_number" text collate "C" not null,
    "candidate" bytea not null,
    "profession_code" text collate "C" not null,
    "qualification" text collate "C" not null,
    "level" integer not null,
    "basis" text collate "C" not null,
    "mode" text collate "C" not null,
    "exam_dates" jsonb,
    "outcome" text collate "C" not null,
    "resit_on" date,
    "appeal" jsonb,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("centre_bin", "attempt_number")
);
create index if not exists "recognition_result_settlement" on feed."recognition_result" using brin (settlement);
create table if not exists feed."recognition_result_history" (
    "centre_bin" text collate "C",
    "attempt_number" text collate "C",
    "candidate" bytea,
    "profession_code" text collate "C",
    "qualification" text collate "C",
    "level" integer,
    "basis" text collate "C",
    "mode" text collate "C",
    "exam_dates" jsonb,
    "outcome" text collate "C",
    "resit_on" date,
    "appeal" jsonb,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("centre_bin", "attempt_number", settlement, seq)
);
create index if not exists "recognition_result_history_settlement" on feed."recognition_result_history" using brin (settlement);

-- sector-councils: current rows, and the versions that were.
create table if not exists feed."sector_council_item" (
    "sector" text collate "C" not null,
    "quarter" text collate "C" not null,
    "item_number" integer not null,
    "chairman" text collate "C" not null,
    "members" jsonb,
    "session_date" date,
    "decisions" jsonb,
    "link" text collate "C" not null,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("sector", "quarter", "item_number")
);
create index if not exists "sector_council_item_settlement" on feed."sector_council_item" using brin (settlement);
create table if not exists feed."sector_council_item_history" (
    "sector" text collate "C",
    "quarter" text collate "C",
    "item_number" integer,
    "chairman" text collate "C",
    "members" jsonb,
    "session_date" date,
    "decisions" jsonb,
    "link" text collate "C",
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("sector", "quarter", "item_number", settlement, seq)
);
create index if not exists "sector_council_item_history_settlement" on feed."sector_council_item_history" using brin (settlement);

-- sector-frameworks: current rows, and the versions that were.
create table if not exists feed."sector_framework_level" (
    "sector" text collate "C" not null,
    "level" integer not null,
    "edition" text collate "C" not null,
    "sector_name_kk" text collate "C",
    "sector_name_ru" text collate "C",
    "knowledge_kk" text collate "C" not null,
    "knowledge_ru" text collate "C" not null,
    "skills_kk" text collate "C" not null,
    "skills_ru" text collate "C" not null,
    "competence_kk" text collate "C" not null,
    "competence_ru" text collate "C" not null,
    "approved_by_kk" text collate "C" not null,
    "approved_by_ru" text collate "C" not null,
    "approved_on" date not null,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,                  -- ground of a withdrawal; null: the row stands
    primary key ("sector", "level", "edition")
);
create index if not exists "sector_framework_level_settlement" on feed."sector_framework_level" using brin (settlement);
create table if not exists feed."sector_framework_level_history" (
    "sector" text collate "C",
    "level" integer,
    "edition" text collate "C",
    "sector_name_kk" text collate "C",
    "sector_name_ru" text collate "C",
    "knowledge_kk" text collate "C",
    "knowledge_ru" text collate "C",
    "skills_kk" text collate "C",
    "skills_ru" text collate "C",
    "competence_kk" text collate "C",
    "competence_ru" text collate "C",
    "approved_by_kk" text collate "C",
    "approved_by_ru" text collate "C",
    "approved_on" date,
    owner       int    not null,           -- the party that may change the row
    settlement  bigint not null,           -- the commit that put this version into effect …
    seq         int    not null,           -- … and the record within it; 0: no record of its own
    period      text collate "C" not null, -- what the version is about, first said in …
    number      bigint not null,           -- … the delivery of this number
    last_period text collate "C",          -- the latest period that said the same; null: period; empty: none, it was settled after a newer delivery of its period
    last_number bigint,
    row_hash    bytea  not null,           -- version of the canonical form, then 128 bits of its hash
    withdrawn   text,
    until       bigint,                    -- the settlement that replaced it; null: it never was current
    primary key ("sector", "level", "edition", settlement, seq)
);
create index if not exists "sector_framework_level_history_settlement" on feed."sector_framework_level_history" using brin (settlement);
