create table door_tokens (
    lease_id         text        not null constraint door_tokens_pk primary key constraint door_tokens_of_a_lease references leases (id),
    token_hash       text        not null,
    resource         text        not null
);
create unique index door_tokens_one_row_per_token on door_tokens (token_hash);
