-- When those who were asked are told again, and which clauses others may fill too by now.
alter table requests add column stage_since text;
alter table requests add column nudge_at text;
alter table requests add column escalated text not null default '';
create index requests_to_nudge on requests (nudge_at) where state = 'pending' and nudge_at is not null;

-- How long decisions on an entitlement take.
create index requests_by_entitlement on requests (entitlement, id);

-- Which owners were told how what they own is used.
create table access_reviews (
    id               text        not null constraint access_reviews_pk primary key,
    owner            text        not null,
    month            text        not null,
    told_at          text        not null
) strict;
create unique index access_reviews_one_per_owner_and_month on access_reviews (owner, month);
