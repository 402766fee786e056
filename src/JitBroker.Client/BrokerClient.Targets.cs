namespace JitBroker.Client;

public sealed partial class BrokerClient
{
    /// <summary>Targets that something is the matter with. For operators, admins and auditors.</summary>
    public Task<BrokerReply<Page<TargetResource>>> ListTargetsAsync(CancellationToken cancel) =>
        connection.CallAsync(Call.Get("v1/targets"), Wire.Type<Page<TargetResource>>(), cancel);

    /// <summary>The latest look at each target that can be asked what stands there. For operators, admins and auditors.</summary>
    public Task<BrokerReply<Page<ReconciliationResource>>> ListReconciliationsAsync(CancellationToken cancel) =>
        connection.CallAsync(Call.Get("v1/reconciliations"), Wire.Type<Page<ReconciliationResource>>(), cancel);

    /// <summary>Has a target looked at now. For operators.</summary>
    public Task<BrokerReply<ReconciliationResource>> ReconcileAsync(string issuer, ReconciliationBody body, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/reconciliations/{Call.Segment(issuer)}", body, Wire.Type<ReconciliationBody>()), Wire.Type<ReconciliationResource>(), cancel);
}
