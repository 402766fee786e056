-- Extensions: a request that moves the end of a grant, and leases whose own end at the target is still to follow it.
alter table requests add column extends_grant text constraint requests_extend_a_grant references grants (id) constraint requests_extend_iff_extension check ((kind = 'extension') = (extends_grant is not null));
create index requests_extending on requests (state, extends_grant) where extends_grant is not null;
alter table leases add column prolong_until timestamptz;
alter table leases add column next_prolong_at timestamptz constraint leases_prolonging_has_its_time check ((prolong_until is null) = (next_prolong_at is null));
create index leases_to_prolong on leases (next_prolong_at) where next_prolong_at is not null;
