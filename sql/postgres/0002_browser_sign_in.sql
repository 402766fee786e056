-- A browser signs in by chat too, and the person who confirms is told which of the two it is.
alter table sign_ins add column surface text not null default 'cli' constraint sign_ins_surface_known check (surface in ('api', 'cli', 'web'));
