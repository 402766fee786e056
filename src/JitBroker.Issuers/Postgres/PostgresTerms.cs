using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// What the catalog says of one postgres entitlement: the issuer's <c>{connection, heir}</c>, the entitlement's <c>{database, roles, connectionLimit}</c>.
/// The catalog was validated when it was read; this reads again and fails closed, since the text may have been accepted by another build.
/// </summary>
/// <param name="Connection">Unresolved.</param>
/// <param name="Roles">The bundle roles that the holder becomes a member of; at least one.</param>
internal sealed record PostgresTerms(string Connection, string Heir, string Database, IReadOnlyList<string> Roles, int ConnectionLimit)
{
    public const string DefaultHeir = "jit_heir";
    private const int DefaultConnections = 5;

    /// <summary>True with <paramref name="terms"/>, or false with <paramref name="problem"/> a sentence for people. Never throws.</summary>
    public static bool TryRead(string settings, string grants, [NotNullWhen(true)] out PostgresTerms? terms, out string problem)
    {
        terms = null;
        if (!TryReadSettings(settings, out var connection, out var heir, out problem))
            return false;
        if (Parse(grants) is not { } granted)
            problem = "The entitlement's grants are not a JSON object.";
        else if (Name(granted["database"]) is not { } database)
            problem = "grants.database is missing or no name that PostgreSQL can have.";
        else if (RolesOf(granted) is not { Count: > 0 } roles)
            problem = "grants.roles is not a list of names that PostgreSQL can have.";
        else if (LimitOf(granted) is not { } limit)
            problem = "grants.connectionLimit is not a number from 1 to 1000.";
        else if (roles.Contains(heir, StringComparer.Ordinal))
            problem = $"grants.roles names {heir}, which inherits what holders leave behind and may be given to nobody.";
        else
            terms = new PostgresTerms(connection, heir, database, roles, limit);
        return terms is not null;
    }

    /// <summary>The issuer's own part alone.</summary>
    public static bool TryReadSettings(string settings, out string connection, out string heir, out string problem)
    {
        var read = Parse(settings);
        connection = Text(read?["connection"]) ?? "";
        heir = read is not null && !read.ContainsKey("heir") ? DefaultHeir : Name(read?["heir"]) ?? "";
        problem = connection.Length == 0 ? "The issuer's connection is missing." : heir.Length == 0 ? "The issuer's heir is no name that PostgreSQL can have." : "";
        return problem.Length == 0;
    }

    /// <summary>Null for what is longer than the server would keep, empty, or holds a NUL.</summary>
    internal static string? Name(JsonNode? node) =>
        Text(node) is { Length: > 0 } text && Encoding.UTF8.GetByteCount(text) <= Quoted.LongestName && !text.Contains('\0', StringComparison.Ordinal) ? text : null;

    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static List<string>? RolesOf(JsonObject granted)
    {
        if (granted["roles"] is not JsonArray items)
            return null;
        var names = items.Select(Name).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return names.Count == items.Count ? names : null;
    }

    private static int? LimitOf(JsonObject granted)
    {
        if (!granted.ContainsKey("connectionLimit"))
            return DefaultConnections;
        return granted["connectionLimit"] is JsonValue value && value.TryGetValue<int>(out var limit) && limit is >= 1 and <= 1_000 ? limit : null;
    }

    private static JsonObject? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
