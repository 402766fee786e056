create table catalog_proposals (
    hash             text        not null constraint catalog_proposals_pk primary key,
    text             text        not null,
    proposed_at      text        not null
) strict;
create index catalog_proposals_by_age on catalog_proposals (proposed_at);
create index catalogs_by_time on catalogs (accepted_at);
create index grants_live on grants (id) where state in ('scheduled', 'active');
create index sign_in_misses_by_age on sign_in_misses (at);
alter table signing_keys add column signs_until text;
