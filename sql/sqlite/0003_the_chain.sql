-- Sealing: an event gets its place in the chain and its hash once, and nothing else of it ever changes.
alter table events add column seq integer constraint events_seq_counts check (seq >= 1);
alter table events add column hash text constraint events_hash_iff_sealed check ((seq is null) = (hash is null));
create unique index events_no_two_share_a_seq on events (seq) where seq is not null;
create index events_unsealed on events (at, id) where seq is null;
create index events_by_actor on events (actor, seq) where seq is not null;

create trigger events_are_only_sealed before update on events
when old.seq is not null or new.seq is null
  or new.id is not old.id or new.aggregate is not old.aggregate or new.aggregate_id is not old.aggregate_id or new.version is not old.version
  or new.type is not old.type or new.at is not old.at or new.actor is not old.actor or new.surface is not old.surface
  or new.about is not old.about or new.data is not old.data
begin
    select raise(abort, 'events_are_only_sealed: an event never changes');
end;
create trigger events_are_never_deleted before delete on events
begin
    select raise(abort, 'events_are_never_deleted');
end;

create table audit_head (
    id               integer     not null constraint audit_head_pk primary key constraint audit_head_one_row check (id = 1),
    seq              integer     not null constraint audit_head_counts check (seq >= 0),
    hash             text        not null
) strict;
insert into audit_head (id, seq, hash) values (1, 0, '0000000000000000000000000000000000000000000000000000000000000000');
create trigger audit_head_only_grows before update on audit_head
when new.seq <= old.seq
begin
    select raise(abort, 'audit_head_only_grows');
end;
create trigger audit_head_is_never_deleted before delete on audit_head
begin
    select raise(abort, 'audit_head_is_never_deleted');
end;

create table checkpoints (
    seq              integer     not null constraint checkpoints_pk primary key constraint checkpoints_seq_counts check (seq >= 1),
    hash             text        not null,
    at               text        not null,
    jws              text        not null
) strict;
create trigger checkpoints_never_change before update on checkpoints
begin
    select raise(abort, 'checkpoints_never_change');
end;
create trigger checkpoints_are_never_deleted before delete on checkpoints
begin
    select raise(abort, 'checkpoints_are_never_deleted');
end;
