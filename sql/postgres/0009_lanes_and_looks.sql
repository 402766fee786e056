alter table leases add column principal text;
create index leases_by_principal on leases (target, principal) where principal is not null;
create index leases_active_by_target on leases (target, id) where state = 'active';

create table lanes (
    target           text        not null constraint lanes_pk primary key,
    version          integer     not null constraint lanes_version_counts check (version >= 0),
    failures         integer     not null constraint lanes_failures_count check (failures >= 0),
    paused_since     timestamptz,
    denied_since     timestamptz,
    not_before       timestamptz,
    last_error       text,
    constraint lanes_paused_says_when_next check (paused_since is null or not_before is not null)
);
create index lanes_paused on lanes (target) where paused_since is not null;

create table reconciliations (
    issuer           text        not null constraint reconciliations_pk primary key,
    version          integer     not null constraint reconciliations_version_counts check (version >= 0),
    due_at           timestamptz not null,
    claimed_by       text,
    claimed_until    timestamptz,
    looked_at        timestamptz,
    looked_by        text,
    dry_run          boolean     not null,
    result           text,
    constraint reconciliations_looked_has_its_result check ((looked_at is null) = (result is null))
);
