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
