using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Http;

/// <summary>
/// Tokens for doors that ask the broker at each request (issuers.md §5). The target is the broker's own table, and its view in every replica: an end holds everywhere once the view cannot be older than
/// the end, and only then it is called verified.
/// </summary>
internal sealed class HttpIssuer(DoorTokens tokens, ILeaseStandings leases, TimeProvider clock) : IIssuer
{
    public const string KindName = "http";

    private static readonly Revocability Declared = new(
        EndBound.Target,
        EarlyEnd.Eventual,
        Door.Staleness,
        TimeSpan.Zero,
        "the door asks the broker at each request, which refuses within 1 s of the end, and refuses everything while the broker is down; an answer that is being sent then is not cut");

    public string Kind => KindName;

    public Revocability RevocabilityOf(IssueOrder order) => Declared;

    public MintPlan Plan(IssueOrder order)
    {
        var handle = new RevocationHandle(KindName, KindName, Declared.EarlyEnd, Declared.Within, Declared.SettleTime, new JsonObject { ["lease"] = order.LeaseId });
        return new MintPlan(handle, Instants.Truncate(order.EndsAt));
    }

    public async Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
    {
        if (ResourceOf(order.Grants) is not { } resource)
            return new MintOutcome.Refused($"No token can be minted for {order.Entitlement}: grants.resource is missing. The catalog has to be mended.");
        var token = DoorToken.New();
        if (!DoorToken.TryHash(token, out var hash) || !await tokens.PutAsync(order.LeaseId, hash.ToText(), resource, cancellationToken))
            return new MintOutcome.Unavailable($"The lease {order.LeaseId} is not being minted any more. Collect again.");
        return new MintOutcome.Minted(new Credential(KindName, new JsonObject { ["token"] = token }));
    }

    public async Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        if (handle.Kind != KindName || handle.Data["lease"] is not JsonValue value || !value.TryGetValue<string>(out var lease) || !Ids.IsId(lease))
            return new EndOutcome.Failed($"This is not a handle of the {KindName} issuer: kind `{handle.Kind}`, or `lease` is missing or no id.");
        if (await leases.FindAsync(lease, cancellationToken) is { IsActive: true })
            return new EndOutcome.Failed($"The door still opens to lease {lease}: it has not been taken back yet.");
        await tokens.DeleteAsync(lease, cancellationToken);
        // The row was read and found over; every view that was begun before that is forgotten now.
        await Task.Delay(Door.Staleness, clock, cancellationToken);
        return new EndOutcome.Ended(Existed: true);
    }

    private static string? ResourceOf(string grants)
    {
        try
        {
            return JsonNode.Parse(grants) is JsonObject granted && granted["resource"] is JsonValue value && value.TryGetValue<string>(out var resource) && resource.Length > 0 ? resource : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
