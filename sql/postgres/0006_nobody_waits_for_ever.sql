-- When those who were asked are told again, and which clauses others may fill too by now.
alter table requests add column stage_since timestamptz;
alter table requests add column nudge_at timestamptz;
alter table requests add column escalated text not null default '';
create index requests_to_nudge on requests (nudge_at) where state = 'pending' and nudge_at is not null;

-- How long decisions on an entitlement take.
create index requests_by_entitlement on requests (entitlement, id);
