-- The secret address of a party's calendar of due days: a credential that opens nothing else.
alter table nqs.credential drop constraint credential_kind_check;
alter table nqs.credential add constraint credential_kind_check check (kind in ('token', 'password', 'calendar'));
