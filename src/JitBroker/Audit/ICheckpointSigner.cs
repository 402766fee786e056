namespace JitBroker.Audit;

/// <summary>Signs checkpoints with the broker's own keys, those that <c>/.well-known/audit-keys.json</c> publishes for ever.</summary>
public interface ICheckpointSigner
{
    /// <param name="payload">A JSON object, signed as it is.</param>
    /// <returns>A compact JWS; null while no key of this replica may sign yet: another replica does it, or a later try.</returns>
    string? TrySign(string payload);
}
