using System.Text.Json.Nodes;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// What the catalog knows of one kind of issuer: which settings and grants it takes. Both come out as JSON with defaults filled in, durations as
/// ISO 8601 and references unresolved. Problems go to the fields; what is returned with a problem is thrown away.
/// </summary>
internal interface IIssuerKind
{
    string Name { get; }

    JsonObject Settings(FieldMap map, CatalogChecks checks);

    JsonObject Grants(FieldMap map, string issuer, CatalogChecks checks);
}

internal static class IssuerKinds
{
    private static readonly IIssuerKind[] Known = [new JwtKind(), new PostgresKind(), new AwsStsKind(), new RabbitMqKind(), new KafkaKind(), new HttpKind()];

    public static string[] Names { get; } = [.. Known.Select(k => k.Name)];

    public static IIssuerKind? Find(string name) => Array.Find(Known, k => k.Name == name);
}
