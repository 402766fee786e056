using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>PostgreSQL roles. Settings <c>{connection, heir}</c>, grants <c>{database, roles, connectionLimit}</c>.</summary>
internal sealed class PostgresKind : IIssuerKind
{
    /// <summary>Longer names are cut silently by the server, and could then be another's.</summary>
    private const int LongestName = 63;

    private static readonly SearchValues<char> Dangerous = SearchValues.Create("\"'`\\;%*");

    public string Name => "postgres";

    public JsonObject Settings(FieldMap map, CatalogChecks checks)
    {
        var connection = map.Need("connection", "Write connection: ${env:NAME}.");
        return new JsonObject
        {
            ["connection"] = connection is null ? null : checks.Connection(connection),
            ["heir"] = Identifier(map.Take("heir"), "a role") ?? "jit_heir",
        };
    }

    public JsonObject Grants(FieldMap map, string issuer, CatalogChecks checks)
    {
        var roles = map.Need("roles", "Name the roles to be a member of: roles: [orders_readonly].");
        var names = roles?.List("a list of roles").Select(r => Identifier(r, "a role")).OfType<string>().ToList() ?? [];
        if (names.Count is 0 or > 20)
            roles?.FaultHere($"{(names.Count == 0 ? "No role is" : "More than 20 roles are")} named", "Name 1 to 20 roles.");
        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count)
            roles?.FaultHere("A role is named twice", "Name each role once.");
        return new JsonObject
        {
            ["database"] = Identifier(map.Need("database", "Name the database."), "a database"),
            ["roles"] = JsonValues.Texts(names),
            ["connectionLimit"] = map.Take("connectionLimit")?.Integer(1, 1_000) ?? 5,
        };
    }

    private static string? Identifier(Field? field, string what)
    {
        if (field?.Text() is not { } name)
            return null;
        if (Encoding.UTF8.GetByteCount(name) > LongestName)
            field.Fault("is longer than the 63 bytes PostgreSQL keeps of a name", "Use a shorter name.");
        else if (name.AsSpan().ContainsAny(Dangerous))
            field.Fault($"holds a quote, backslash, semicolon or wildcard, which {what} may not have here", "Rename it.");
        else if (what == "a role" && (name is "public" or "none" or "postgres" || name.StartsWith("jit_0", StringComparison.Ordinal)))
            field.Fault("is not a role that may be given away", "Name a NOLOGIN role made for this.");
        else
            return name;
        return null;
    }
}
