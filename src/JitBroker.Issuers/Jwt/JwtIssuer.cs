using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.Jwt;

/// <summary>
/// Signs tokens (issuers.md §5). Nothing is made anywhere else, so nothing can be half made. A signed token cannot be taken back: where the
/// verifier looks at signature and expiry alone (<c>verify: offline</c>, the default) the end is the token's expiry plus the verifier's skew; where
/// it asks the broker each time (<c>verify: introspection</c>) the end holds from the moment the lease's row stops being active.
/// </summary>
internal sealed class JwtIssuer(SigningKeys keys, ILeaseStandings leases, JwtOptions options, TimeProvider clock) : IIssuer
{
    public const string KindName = "jwt";

    public string Kind => KindName;

    public Revocability RevocabilityOf(IssueOrder order) => Revocability(Read(order, out var problem), problem);

    /// <summary>For an order that will be refused the plan is one whose end holds at once: nothing can come of it.</summary>
    public MintPlan Plan(IssueOrder order)
    {
        var terms = Read(order, out var problem);
        var revocability = Revocability(terms, problem);
        var expiresAt = terms is null ? WholeSeconds(order.EndsAt) : ExpiryOf(order, terms);
        var data = new JsonObject { ["jti"] = JwtClaims.TokenId(order.LeaseId), ["expiresAt"] = Instants.ToText(expiresAt) };
        var handle = new RevocationHandle(KindName, KindName, revocability.EarlyEnd, revocability.Within, revocability.SettleTime, data);
        return new MintPlan(handle, expiresAt);
    }

    public Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(Mint(order, plan));
    }

    public async Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        if (handle.Kind != KindName || TextOf(handle, "jti") is not { } tokenId || TextOf(handle, "expiresAt") is not { } expiry)
            return new EndOutcome.Failed($"This is not a handle of the {KindName} issuer: kind `{handle.Kind}`, or `jti` and `expiresAt` are missing.");
        return handle.EarlyEnd == EarlyEnd.Immediate
            ? await EndIntrospectedAsync(tokenId, cancellationToken)
            : EndOffline(tokenId, expiry, handle.Within);
    }

    private MintOutcome Mint(IssueOrder order, MintPlan plan)
    {
        if (Read(order, out var problem) is not { } terms)
            return new MintOutcome.Refused($"No token can be minted for {order.Entitlement}: {problem} The catalog has to be mended.");
        if (plan.ExpiresAt <= order.Now)
            return new MintOutcome.Refused($"The grant of {order.Entitlement} ends within a second: a token would be dead on arrival.");
        if (!keys.TrySigner(terms.Algorithm, clock.GetUtcNow(), out var key, out var why))
            return new MintOutcome.Unavailable(why, Obstacle.Unfinished);
        var token = key.Sign(JwtClaims.Payload(order, terms, options.PublicUrl, plan.ExpiresAt), JwtClaims.Type);
        return new MintOutcome.Minted(new Credential(KindName, new JsonObject { ["token"] = token, ["tokenType"] = "Bearer" }));
    }

    /// <summary>Introspection answers from the lease's row: reading that it would say no is the read-back at the target (rule 4).</summary>
    private async Task<EndOutcome> EndIntrospectedAsync(string tokenId, CancellationToken cancellationToken)
    {
        var standing = await leases.FindAsync(tokenId.ToUpperInvariant(), cancellationToken);
        return standing is { IsActive: true }
            ? new EndOutcome.Failed($"Introspection still calls token {tokenId} active: its lease has not been taken back yet.")
            : new EndOutcome.Ended(Existed: true);
    }

    /// <summary>The clock is the proof, whether or not the token was ever made; so an absence never has to be looked at again.</summary>
    private EndOutcome EndOffline(string tokenId, string expiry, TimeSpan skew)
    {
        if (!DateTimeOffset.TryParse(expiry, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiresAt))
            return new EndOutcome.Failed($"The handle of token {tokenId} has no readable expiry.");
        var lastUse = expiresAt + skew;
        return clock.GetUtcNow() < lastUse
            ? new EndOutcome.Failed($"Token {tokenId} is still valid until {Instants.ToText(lastUse)}, its expiry plus the verifier's skew, and cannot be taken back before.")
            : new EndOutcome.Ended(Existed: true);
    }

    /// <summary>Null with <paramref name="problem"/> a sentence when the catalog's text is not understood.</summary>
    private JwtTerms? Read(IssueOrder order, out string problem) =>
        JwtTerms.TryRead(order.Settings, order.Grants, options.PublicUrl, out var terms, out problem) ? terms : null;

    private static Revocability Revocability(JwtTerms? terms, string problem) => terms switch
    {
        null => Of(EarlyEnd.Immediate, TimeSpan.Zero, $"nothing to end: no token can be minted here ({problem})"),
        { Introspected: true } => Of(EarlyEnd.Immediate, TimeSpan.Zero, "the service asks the broker about the token at each use, so an end holds at once (a service that remembers answers is late by as long as it remembers)"),
        _ => Of(EarlyEnd.AtExpiry, terms.Skew, OfflineText(terms)),
    };

    private static string OfflineText(JwtTerms terms)
    {
        var text = $"the token's own expiry, at most {Durations.Human(terms.Lifetime)} after it was collected; it cannot be taken back sooner";
        return terms.Skew == TimeSpan.Zero ? text : $"{text}, and the service's clock may add up to {Durations.Human(terms.Skew)}";
    }

    private static DateTimeOffset ExpiryOf(IssueOrder order, JwtTerms terms)
    {
        var byLifetime = order.Now + terms.Lifetime;
        return WholeSeconds(byLifetime < order.EndsAt ? byLifetime : order.EndsAt);
    }

    /// <summary>Down, never up: <c>exp</c> is an integer and must not pass the grant's end.</summary>
    private static DateTimeOffset WholeSeconds(DateTimeOffset instant) => DateTimeOffset.FromUnixTimeSeconds(instant.ToUnixTimeSeconds());

    private static Revocability Of(EarlyEnd earlyEnd, TimeSpan within, string text) =>
        new(EndBound.Target, earlyEnd, within, TimeSpan.Zero, text);

    private static string? TextOf(RevocationHandle handle, string key) =>
        handle.Data[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
