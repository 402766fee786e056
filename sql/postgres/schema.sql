create table requests (
    id               text        not null constraint requests_pk primary key,
    kind             text        not null constraint requests_kind_known check (kind in ('access', 'extension', 'break_glass')),
    state            text        not null constraint requests_state_known check (state in ('pending', 'approved', 'denied', 'cancelled', 'lapsed')),
    version          integer     not null constraint requests_version_counts check (version >= 1),
    entitlement      text        not null,
    bundle           text,
    requester        text        not null,
    duration_s       bigint      not null constraint requests_duration_positive check (duration_s > 0),
    reason           text        not null,
    starts_at        timestamptz,
    created_at       timestamptz not null,
    lapses_at        timestamptz not null constraint requests_lapse_after_creation check (lapses_at > created_at),
    settled_at       timestamptz,
    settled_by       text,
    settled_because  text,
    surface          text        not null,
    content          text        not null,
    content_hash     text        not null,
    catalog_hash     text        not null,
    extends_grant    text        constraint requests_extend_iff_extension check ((kind = 'extension') = (extends_grant is not null)),
    stage_since      timestamptz,
    nudge_at         timestamptz,
    escalated        text        not null default '',
    constraint requests_settled_iff_not_pending check ((state = 'pending') = (settled_at is null))
);
create unique index requests_one_pending_per_person_entitlement_kind on requests (requester, entitlement, kind) where state = 'pending';
create index requests_by_requester on requests (requester, created_at);
create index requests_extending on requests (state, extends_grant) where extends_grant is not null;
create index requests_lapsing on requests (lapses_at) where state = 'pending';
create index requests_to_nudge on requests (nudge_at) where state = 'pending' and nudge_at is not null;
create index requests_by_entitlement on requests (entitlement, id);

create table decisions (
    id               text        not null constraint decisions_pk primary key,
    request_id       text        not null constraint decisions_of_a_request references requests (id),
    person           text        not null,
    verdict          text        not null constraint decisions_verdict_known check (verdict in ('approve', 'deny')),
    duration_s       bigint      constraint decisions_duration_positive check (duration_s > 0),
    comment          text,
    at               timestamptz not null,
    surface          text        not null,
    identity         text,
    counted          boolean,
    constraint decisions_deny_says_why check (verdict = 'approve' or comment is not null)
);
create unique index decisions_one_per_person_and_request on decisions (request_id, person);

create table grants (
    id               text        not null constraint grants_pk primary key,
    request_id       text        not null constraint grants_of_a_request references requests (id),
    state            text        not null constraint grants_state_known check (state in ('scheduled', 'active', 'ending', 'ended')),
    version          integer     not null constraint grants_version_counts check (version >= 1),
    entitlement      text        not null,
    holder           text        not null,
    starts_at        timestamptz not null,
    ends_at          timestamptz not null,
    end_kind         text        constraint grants_end_known check (end_kind in ('expired', 'released', 'revoked')),
    ended_by         text,
    end_reason       text,
    end_requested_at timestamptz,
    verified_end_at  timestamptz,
    break_glass      boolean     not null,
    content          text        not null,
    content_hash     text        not null,
    created_at       timestamptz not null,
    constraint grants_end_after_start check (ends_at > starts_at),
    constraint grants_end_kind_iff_ending check ((state in ('ending', 'ended')) = (end_kind is not null)),
    constraint grants_end_kind_with_its_time check ((end_kind is null) = (end_requested_at is null)),
    constraint grants_verified_iff_ended check ((state = 'ended') = (verified_end_at is not null))
);
create unique index grants_one_per_request on grants (request_id);
create index grants_by_holder on grants (holder, created_at);
create index grants_due_to_end on grants (ends_at) where state = 'active';
create index grants_due_to_start on grants (starts_at) where state = 'scheduled';
create index grants_break_glass on grants (id) where break_glass;
create index grants_live on grants (id) where state in ('scheduled', 'active');
alter table requests add constraint requests_extend_a_grant foreign key (extends_grant) references grants (id);

create table leases (
    id               text        not null constraint leases_pk primary key,
    grant_id         text        not null constraint leases_of_a_grant references grants (id),
    state            text        not null constraint leases_state_known check (state in ('minting', 'active', 'revoking', 'revoked')),
    version          integer     not null constraint leases_version_counts check (version >= 1),
    holder           text        not null,
    session_id       text,
    target           text        not null,
    handle           text        not null,
    created_at       timestamptz not null,
    mint_deadline    timestamptz not null constraint leases_deadline_after_creation check (mint_deadline > created_at),
    expires_at       timestamptz not null,
    due_by           timestamptz,
    revoked_at       timestamptz,
    verified         boolean     not null,
    attempts         integer     not null,
    last_error       text,
    stuck_since      timestamptz,
    next_attempt_at  timestamptz,
    claimed_by       text,
    claimed_until    timestamptz,
    prolong_until    timestamptz,
    next_prolong_at  timestamptz constraint leases_prolonging_has_its_time check ((prolong_until is null) = (next_prolong_at is null)),
    principal        text,
    constraint leases_attempt_due_iff_revoking check ((state = 'revoking') = (next_attempt_at is not null)),
    constraint leases_revoked_has_its_time check ((state = 'revoked') = (revoked_at is not null))
);
create index leases_of_grant on leases (grant_id);
create index leases_by_holder on leases (holder, created_at);
create index leases_minting on leases (mint_deadline) where state = 'minting';
create index leases_expiring on leases (expires_at) where state = 'active';
create index leases_due_to_be_revoked on leases (next_attempt_at) where state = 'revoking';
create index leases_to_prolong on leases (next_prolong_at) where next_prolong_at is not null;
create index leases_by_session on leases (session_id) where session_id is not null;
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
    created_at       timestamptz not null,
    due_at           timestamptz not null constraint reviews_due_after_creation check (due_at > created_at),
    next_reminder_at timestamptz,
    reminders        integer     not null,
    verdict          text        constraint reviews_verdict_known check (verdict in ('justified', 'misuse', 'policy_gap')),
    reviewer         text        constraint reviews_by_somebody_else check (reviewer <> invoker),
    comment          text,
    reviewed_at      timestamptz,
    lifted_by        text        constraint reviews_lifted_by_somebody_else check (lifted_by <> invoker),
    lifted_at        timestamptz,
    lift_reason      text,
    constraint reviews_done_iff_verdict check ((state = 'done') = (verdict is not null)),
    constraint reviews_verdict_says_who_when_and_why check ((verdict is null) = (reviewer is null) and (verdict is null) = (comment is null) and (verdict is null) = (reviewed_at is null)),
    constraint reviews_lift_says_who_when_and_why check ((lifted_at is null) = (lifted_by is null) and (lifted_at is null) = (lift_reason is null)),
    constraint reviews_reminded_until_done check ((state = 'done') = (next_reminder_at is null))
);
create unique index reviews_one_per_grant on reviews (grant_id);
create index reviews_that_may_block on reviews (invoker) where state <> 'done' or verdict = 'misuse';
create index reviews_of_incident on reviews (incident) where incident is not null;
create index reviews_to_remind on reviews (next_reminder_at) where next_reminder_at is not null;

create table events (
    id               text        not null constraint events_pk primary key,
    aggregate        text        not null,
    aggregate_id     text        not null,
    version          integer     not null constraint events_version_counts check (version >= 1),
    type             text        not null,
    at               timestamptz not null,
    actor            text,
    surface          text        not null,
    about            text,
    data             text        not null,
    seq              bigint      constraint events_seq_counts check (seq >= 1),
    hash             text        constraint events_hash_iff_sealed check ((seq is null) = (hash is null))
);
create unique index events_no_two_share_a_version on events (aggregate_id, version);
create index events_by_about on events (about) where about is not null;
create unique index events_no_two_share_a_seq on events (seq) where seq is not null;
create index events_unsealed on events (at, id) where seq is null;
create index events_by_actor on events (actor, seq) where seq is not null;

create function audit_refuses() returns trigger language plpgsql as $$
begin
    raise exception '%', tg_name using errcode = 'restrict_violation', hint = 'The audit is append-only.';
end
$$;
create trigger events_are_only_sealed before update on events for each row
when (old.seq is not null or new.seq is null
   or (new.id, new.aggregate, new.aggregate_id, new.version, new.type, new.at, new.actor, new.surface, new.about, new.data)
      is distinct from (old.id, old.aggregate, old.aggregate_id, old.version, old.type, old.at, old.actor, old.surface, old.about, old.data))
execute function audit_refuses();
create trigger events_are_never_deleted before delete on events for each row execute function audit_refuses();
create trigger events_are_never_truncated before truncate on events for each statement execute function audit_refuses();

create table audit_head (
    id               integer     not null constraint audit_head_pk primary key constraint audit_head_one_row check (id = 1),
    seq              bigint      not null constraint audit_head_counts check (seq >= 0),
    hash             text        not null
);
insert into audit_head (id, seq, hash) values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
create trigger audit_head_only_grows before update on audit_head for each row when (new.seq <= old.seq) execute function audit_refuses();
create trigger audit_head_is_never_deleted before delete on audit_head for each row execute function audit_refuses();
create trigger audit_head_is_never_truncated before truncate on audit_head for each statement execute function audit_refuses();

create table checkpoints (
    seq              bigint      not null constraint checkpoints_pk primary key constraint checkpoints_seq_counts check (seq >= 1),
    hash             text        not null,
    at               timestamptz not null,
    jws              text        not null
);
create trigger checkpoints_never_change before update on checkpoints for each row execute function audit_refuses();
create trigger checkpoints_are_never_deleted before delete on checkpoints for each row execute function audit_refuses();
create trigger checkpoints_are_never_truncated before truncate on checkpoints for each statement execute function audit_refuses();

create table cards (
    request_id       text        not null constraint cards_pk primary key constraint cards_of_a_request references requests (id),
    revision         integer     not null
);

create table copies (
    id               text        not null constraint copies_pk primary key,
    surface          text        not null,
    template         text        not null,
    about_id         text        not null,
    recipient        text        not null,
    tenant           text        not null,
    channel          text        not null,
    message          text        not null,
    revision         integer     not null,
    posted_at        timestamptz not null
);
create unique index copies_one_row_per_message on copies (surface, tenant, channel, message);
create index copies_by_about on copies (about_id);
create index copies_homes on copies (posted_at) where template = 'home';

create table deliveries (
    id               text        not null constraint deliveries_pk primary key,
    surface          text        not null,
    template         text        not null,
    about_id         text        not null,
    recipient        text        not null,
    copy_id          text        constraint deliveries_edit_a_copy references copies (id),
    data             text        not null,
    state            text        not null constraint deliveries_state_known check (state in ('pending', 'sent', 'dead', 'uncertain')),
    created_at       timestamptz not null,
    next_attempt_at  timestamptz not null,
    attempts         integer     not null,
    claimed_by       text,
    claimed_until    timestamptz,
    settled_at       timestamptz,
    last_error       text
);
create unique index deliveries_one_waiting_edit_per_copy on deliveries (copy_id) where state = 'pending' and claimed_by is null and copy_id is not null;
create index deliveries_due on deliveries (next_attempt_at) where state in ('pending', 'uncertain');
create index deliveries_settled on deliveries (settled_at) where settled_at is not null;

create table inbox (
    id               text        not null constraint inbox_pk primary key,
    surface          text        not null,
    kind             text        not null,
    body             text        not null,
    answer           text,
    state            text        not null constraint inbox_state_known check (state in ('received', 'done', 'dead')),
    received_at      timestamptz not null,
    next_attempt_at  timestamptz not null,
    attempts         integer     not null,
    claimed_by       text,
    claimed_until    timestamptz,
    last_error       text
);
create index inbox_due on inbox (next_attempt_at) where state = 'received';
create index inbox_by_age on inbox (received_at);

create table sessions (
    id               text        not null constraint sessions_pk primary key,
    version          integer     not null constraint sessions_version_counts check (version >= 1),
    person           text        not null,
    scope            text        not null constraint sessions_scope_known check (scope in ('ask', 'decide')),
    token_hash       text        not null,
    started_at       timestamptz not null,
    ends_at          timestamptz not null constraint sessions_end_after_start check (ends_at > started_at),
    ended_at         timestamptz,
    disowned_at      timestamptz,
    address          text        not null,
    host             text        not null
);
create unique index sessions_one_per_token on sessions (token_hash);
create index sessions_by_person on sessions (person, ends_at);
create index sessions_by_end on sessions (ends_at);

create table sign_ins (
    device_code_hash text        not null constraint sign_ins_pk primary key,
    user_code_hash   text        not null,
    state            text        not null constraint sign_ins_state_known check (state in ('waiting', 'shown', 'confirmed', 'refused', 'redeemed')),
    scope            text        not null constraint sign_ins_scope_known check (scope in ('ask', 'decide')),
    address          text        not null,
    host             text        not null,
    created_at       timestamptz not null,
    expires_at       timestamptz not null,
    person           text,
    identity         text,
    confirm_id       text,
    last_poll_at     timestamptz,
    poll_interval_s  integer     not null, surface text not null default 'cli' constraint sign_ins_surface_known check (surface in ('api', 'cli', 'web')),
    constraint sign_ins_confirmed_by_somebody check (state in ('waiting', 'refused') or person is not null)
);
create unique index sign_ins_one_per_user_code on sign_ins (user_code_hash);
create unique index sign_ins_one_per_confirm on sign_ins (confirm_id) where confirm_id is not null;
create index sign_ins_by_expiry on sign_ins (expires_at);

create table sign_in_misses (
    id               text        not null constraint sign_in_misses_pk primary key,
    person           text        not null,
    at               timestamptz not null
);
create index sign_in_misses_by_person on sign_in_misses (person, at);
create index sign_in_misses_by_age on sign_in_misses (at);

create table idempotency_keys (
    person           text        not null,
    method           text        not null,
    path             text        not null,
    key              text        not null,
    body_hash        text        not null,
    state            text        not null constraint idempotency_keys_state_known check (state in ('running', 'done')),
    status           integer,
    answer           text,
    location         text,
    created_at       timestamptz not null,
    running_until    timestamptz not null,
    constraint idempotency_keys_pk primary key (person, method, path, key),
    constraint idempotency_keys_done_has_an_answer check ((state = 'done') = (status is not null))
);
create index idempotency_keys_by_age on idempotency_keys (created_at);

create table signing_keys (
    kid              text        not null constraint signing_keys_pk primary key,
    alg              text        not null,
    jwk              text        not null,
    created_at       timestamptz not null,
    signs_from       timestamptz not null,
    retired_at       timestamptz,
    signs_until      timestamptz
);

create table catalogs (
    hash             text        not null constraint catalogs_pk primary key,
    text             text        not null,
    accepted_at      timestamptz not null
);
create index catalogs_by_time on catalogs (accepted_at);

create table catalog_proposals (
    hash             text        not null constraint catalog_proposals_pk primary key,
    text             text        not null,
    proposed_at      timestamptz not null
);
create index catalog_proposals_by_age on catalog_proposals (proposed_at);

create table aws_roles (
    id               text        not null constraint aws_roles_pk primary key,
    version          integer     not null constraint aws_roles_version_counts check (version >= 0),
    applied          integer     not null constraint aws_roles_applied_is_not_ahead check (applied <= version),
    way              text        not null,
    older_than       timestamptz,
    older_until      timestamptz,
    claimed_by       text,
    claimed_until    timestamptz,
    constraint aws_roles_cut_off_has_its_end check ((older_than is null) = (older_until is null))
);

create table aws_denials (
    role_id          text        not null constraint aws_denials_of_a_role references aws_roles (id),
    tag              text        not null constraint aws_denials_tag_known check (tag in ('JitGrant', 'JitLease')),
    value            text        not null,
    grant_id         text        not null,
    minted_at        timestamptz not null,
    keep_until       timestamptz not null,
    constraint aws_denials_pk primary key (role_id, tag, value)
);
create index aws_denials_by_age on aws_denials (keep_until);

create table door_tokens (
    lease_id         text        not null constraint door_tokens_pk primary key constraint door_tokens_of_a_lease references leases (id),
    token_hash       text        not null,
    resource         text        not null
);
create unique index door_tokens_one_row_per_token on door_tokens (token_hash);

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

create table access_reviews (
    id               text        not null constraint access_reviews_pk primary key,
    owner            text        not null,
    month            text        not null,
    told_at          timestamptz not null
);
create unique index access_reviews_one_per_owner_and_month on access_reviews (owner, month);

create table people_head (
    id               integer     not null constraint people_head_pk primary key constraint people_head_one_row check (id = 1),
    revision         bigint      not null constraint people_head_counts check (revision >= 0)
);
insert into people_head (id, revision) values (1, 0);

create table scim_users (
    id               text        not null constraint scim_users_pk primary key,
    client           text        not null,
    version          integer     not null constraint scim_users_version_counts check (version >= 1),
    user_name        text        not null,
    user_key         text        not null,
    external_id      text,
    email            text,
    name             text        not null,
    active           boolean     not null,
    attributes       text        not null,
    created_at       timestamptz not null,
    changed_at       timestamptz not null,
    deleted_at       timestamptz,
    revision         bigint      not null
);
create unique index scim_users_one_per_user_name on scim_users (client, user_key) where deleted_at is null;
create unique index scim_users_one_per_email on scim_users (client, email) where deleted_at is null and email is not null;
create index scim_users_by_external_id on scim_users (client, external_id) where deleted_at is null;
create index scim_users_by_revision on scim_users (revision);

create table scim_groups (
    id               text        not null constraint scim_groups_pk primary key,
    client           text        not null,
    version          integer     not null constraint scim_groups_version_counts check (version >= 1),
    display_name     text        not null,
    display_key      text        not null,
    external_id      text,
    created_at       timestamptz not null,
    changed_at       timestamptz not null,
    deleted_at       timestamptz,
    revision         bigint      not null
);
create unique index scim_groups_one_per_name on scim_groups (client, display_key) where deleted_at is null;
create index scim_groups_by_external_id on scim_groups (client, external_id) where deleted_at is null;
create index scim_groups_by_revision on scim_groups (revision);

create table scim_members (
    group_id         text        not null constraint scim_members_of_a_group references scim_groups (id),
    user_id          text        not null constraint scim_members_are_users references scim_users (id),
    constraint scim_members_once primary key (group_id, user_id)
);
create index scim_members_by_user on scim_members (user_id);

create table identities (
    id               text        not null constraint identities_pk primary key,
    version          integer     not null constraint identities_version_counts check (version >= 1),
    surface          text        not null,
    tenant           text        not null,
    account          text        not null,
    person           text        not null,
    how              text        not null constraint identities_how_known check (how in ('code', 'profile')),
    linked_at        timestamptz not null,
    unlinked_at      timestamptz,
    unlinked_by      text,
    revision         bigint      not null
);
create unique index identities_one_person_per_account on identities (surface, tenant, account) where unlinked_at is null;
create index identities_by_person on identities (person, id);
create index identities_by_revision on identities (revision);

create table links (
    id               text        not null constraint links_pk primary key,
    version          integer     not null constraint links_version_counts check (version >= 1),
    code_hash        text        not null,
    state            text        not null constraint links_state_known check (state in ('shown', 'typed', 'linked', 'refused')),
    person           text,
    via              text,
    address          text,
    host             text,
    surface          text,
    tenant           text,
    account          text,
    label            text,
    created_at       timestamptz not null,
    typed_at         timestamptz,
    expires_at       timestamptz not null,
    constraint links_typed_have_both_sides check (state in ('shown', 'refused') or (person is not null and account is not null))
);
create unique index links_one_per_code on links (code_hash);
create index links_by_expiry on links (expires_at);

create table conversations (
    tenant           text        not null,
    conversation     text        not null,
    kind             text        not null constraint conversations_kind_known check (kind in ('personal', 'groupChat', 'channel')),
    service_url      text        not null,
    bot              text        not null,
    team             text,
    channel          text,
    account          text,
    seen_at          timestamptz not null,
    constraint conversations_pk primary key (tenant, conversation),
    constraint conversations_have_an_account_in_private_only check (account is null or kind = 'personal')
);
create index conversations_by_account on conversations (tenant, account, seen_at) where account is not null;
create index conversations_by_age on conversations (tenant, seen_at);
create index conversations_by_team on conversations (tenant, team) where team is not null;

create table members (
    tenant           text        not null,
    account          text        not null,
    member           text        not null,
    seen_at          timestamptz not null,
    constraint members_pk primary key (tenant, account)
);
