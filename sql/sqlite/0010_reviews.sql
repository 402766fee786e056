-- Reviews: each emergency access is reviewed by somebody else, and one that is overdue or found misuse keeps its taker from the next.
create table reviews (
    id               text        not null constraint reviews_pk primary key,
    grant_id         text        not null constraint reviews_of_a_grant references grants (id),
    state            text        not null constraint reviews_state_known check (state in ('due', 'overdue', 'done')),
    version          integer     not null constraint reviews_version_counts check (version >= 1),
    invoker          text        not null,
    entitlement      text        not null,
    incident         text,
    on_call_in       text        not null,
    review_group     text        not null,
    created_at       text        not null,
    due_at           text        not null constraint reviews_due_after_creation check (due_at > created_at),
    next_reminder_at text,
    reminders        integer     not null,
    verdict          text        constraint reviews_verdict_known check (verdict in ('justified', 'misuse', 'policy_gap')),
    reviewer         text        constraint reviews_by_somebody_else check (reviewer <> invoker),
    comment          text,
    reviewed_at      text,
    lifted_by        text        constraint reviews_lifted_by_somebody_else check (lifted_by <> invoker),
    lifted_at        text,
    lift_reason      text,
    constraint reviews_done_iff_verdict check ((state = 'done') = (verdict is not null)),
    constraint reviews_verdict_says_who_when_and_why check ((verdict is null) = (reviewer is null) and (verdict is null) = (comment is null) and (verdict is null) = (reviewed_at is null)),
    constraint reviews_lift_says_who_when_and_why check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lift_reason is null)),
    constraint reviews_reminded_until_done check ((state = 'done') = (next_reminder_at is null))
) strict;
create unique index reviews_one_per_grant on reviews (grant_id);
create index reviews_that_may_block on reviews (invoker) where state <> 'done' or verdict = 'misuse';
create index reviews_of_incident on reviews (incident) where incident is not null;
create index reviews_to_remind on reviews (next_reminder_at) where next_reminder_at is not null;
create index grants_break_glass on grants (id) where break_glass;
