create table people_head (
    id               integer     not null constraint people_head_pk primary key constraint people_head_one_row check (id = 1),
    revision         integer     not null constraint people_head_counts check (revision >= 0)
) strict;
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
    active           integer     not null,
    attributes       text        not null,
    created_at       text        not null,
    changed_at       text        not null,
    deleted_at       text       ,
    revision         integer     not null
) strict;
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
    created_at       text        not null,
    changed_at       text        not null,
    deleted_at       text       ,
    revision         integer     not null
) strict;
create unique index scim_groups_one_per_name on scim_groups (client, display_key) where deleted_at is null;
create index scim_groups_by_external_id on scim_groups (client, external_id) where deleted_at is null;
create index scim_groups_by_revision on scim_groups (revision);

create table scim_members (
    group_id         text        not null constraint scim_members_of_a_group references scim_groups (id),
    user_id          text        not null constraint scim_members_are_users references scim_users (id),
    constraint scim_members_once primary key (group_id, user_id)
) strict;
create index scim_members_by_user on scim_members (user_id);

create table identities (
    id               text        not null constraint identities_pk primary key,
    version          integer     not null constraint identities_version_counts check (version >= 1),
    surface          text        not null,
    tenant           text        not null,
    account          text        not null,
    person           text        not null,
    how              text        not null constraint identities_how_known check (how in ('code', 'profile')),
    linked_at        text        not null,
    unlinked_at      text       ,
    unlinked_by      text,
    revision         integer     not null
) strict;
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
    created_at       text        not null,
    typed_at         text       ,
    expires_at       text        not null,
    constraint links_typed_have_both_sides check (state in ('shown', 'refused') or (person is not null and account is not null))
) strict;
create unique index links_one_per_code on links (code_hash);
create index links_by_expiry on links (expires_at);
