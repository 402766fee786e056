using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Postgres;

/// <summary>The credential in the shape of contract §4: <c>{host, port, database, username, password, uri}</c>.</summary>
internal static class PostgresCredential
{
    public static Credential Of(PostgresTarget target, string database, string role, string password) =>
        new(PostgresIssuer.KindName, new JsonObject
        {
            ["host"] = target.Host,
            ["port"] = target.Port,
            ["database"] = database,
            ["username"] = role,
            ["password"] = password,
            ["uri"] = Uri(target, database, role, password),
        });

    /// <summary>As libpq reads it (PostgreSQL manual, 34.1.1.2); the role and password need no escape.</summary>
    private static string Uri(PostgresTarget target, string database, string role, string password)
    {
        var isSocket = target.Host.StartsWith('/');
        var host = isSocket ? "" : target.Host.Contains(':', StringComparison.Ordinal) ? $"[{target.Host}]" : target.Host;
        List<string> options = [];
        if (isSocket)
            options.Add("host=" + System.Uri.EscapeDataString(target.Host));
        if (target.DemandsTls)
            options.Add("sslmode=require");
        var query = options.Count == 0 ? "" : "?" + string.Join('&', options);
        return string.Create(CultureInfo.InvariantCulture, $"postgresql://{role}:{password}@{host}:{target.Port}/{System.Uri.EscapeDataString(database)}{query}");
    }
}
