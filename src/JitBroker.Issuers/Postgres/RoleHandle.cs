using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// What ends one role when the catalog entry is gone: its name, the heir of what it owns, the bundle roles it was given, and the unresolved reference
/// of the broker's own connection.
/// </summary>
internal sealed partial record RoleHandle(string Role, string Connection, string Heir, IReadOnlyList<string> Bundles)
{
    /// <summary><c>jit_</c> and the lease's id in lower case: 30 characters that need no quoting and never come twice.</summary>
    public static string RoleOf(string leaseId) => "jit_" + leaseId.ToLowerInvariant();

    public static JsonObject Of(string leaseId, PostgresTerms terms) => new()
    {
        ["role"] = RoleOf(leaseId),
        ["connection"] = terms.Connection,
        ["heir"] = terms.Heir,
        ["bundles"] = new JsonArray([.. terms.Roles.Select(r => (JsonNode)r)]),
    };

    /// <summary>Of an order that is always refused, so that nothing of it is ever made anywhere.</summary>
    public static JsonObject OfNothing(string leaseId) => new() { ["role"] = RoleOf(leaseId), ["mintable"] = false };

    public static bool IsOfNothing(RevocationHandle handle) =>
        Readable(handle) is not null && handle.Data["mintable"] is JsonValue value && value.TryGetValue<bool>(out var mintable) && !mintable;

    /// <summary>Null when this is not a handle of ours: a name of another form is never touched.</summary>
    public static RoleHandle? Read(RevocationHandle handle)
    {
        if (Readable(handle) is not { } role || PostgresTerms.Text(handle.Data["connection"]) is not { Length: > 0 } connection || PostgresTerms.Name(handle.Data["heir"]) is not { } heir)
            return null;
        var bundles = handle.Data["bundles"] is JsonArray items ? items.Select(PostgresTerms.Name).OfType<string>().ToList() : [];
        return new RoleHandle(role, connection, heir, bundles);
    }

    private static string? Readable(RevocationHandle handle) =>
        handle.Kind == PostgresIssuer.KindName && PostgresTerms.Text(handle.Data["role"]) is { } role && Own().IsMatch(role) ? role : null;

    [GeneratedRegex(@"\Ajit_[0-9a-z]{26}\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Own();
}
