using JitBroker.Audit;

namespace JitBroker.Leases;

/// <summary>A lease as it was read, as it is to be, and the event that tells of it.</summary>
/// <param name="KeepsClaim">Somebody is minting it still, and lets go by <see cref="LeaseStore.ReleaseAsync"/>.</param>
internal sealed record LeaseMove(Lease Before, Lease After, AuditEvent Happened, bool KeepsClaim = false);
