-- Sealing: an event gets its place in the chain and its hash once, and nothing else of it ever changes.
alter table events add column seq bigint constraint events_seq_counts check (seq >= 1);
alter table events add column hash text constraint events_hash_iff_sealed check ((seq is null) = (hash is null));
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
