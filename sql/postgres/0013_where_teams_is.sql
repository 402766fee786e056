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
