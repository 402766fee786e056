using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// Kafka users or tokens. Settings <c>{bootstrap, tls, mechanism, user, password, mode: scram|jwt}</c>, grants
/// <c>{topics: [{name, pattern, operations}], groups: [{name, pattern}]}</c>.
/// </summary>
internal sealed partial class KafkaKind : IIssuerKind
{
    private static readonly string[] Operations = ["read", "write", "create", "delete", "alter", "describe", "describe_configs", "alter_configs"];

    public string Name => "kafka";

    public JsonObject Settings(FieldMap map, CatalogChecks checks)
    {
        var bootstrap = map.Need("bootstrap", "Name the brokers: bootstrap: [\"k1:9093\"].");
        var servers = bootstrap?.List("a list of host:port").Select(s => s.Text(HostAndPort(), "a host:port")).OfType<string>().ToList() ?? [];
        if (bootstrap is { Node: YamlList { Items.Count: 0 } })
            bootstrap.FaultHere("No broker is named", "Name at least one host:port.");
        var user = map.Need("user", "Name the broker's own user at the target.");
        var password = map.Need("password", "Write password: ${env:NAME} or ${file:PATH}.");
        return new JsonObject
        {
            ["bootstrap"] = JsonValues.Texts(servers),
            ["tls"] = map.Take("tls")?.Bool() ?? true,
            ["mechanism"] = map.Take("mechanism")?.OneOf("SCRAM-SHA-512", "SCRAM-SHA-256") ?? "SCRAM-SHA-512",
            ["user"] = user is null ? null : checks.Plain(user),
            ["password"] = password is null ? null : checks.Secret(password),
            ["mode"] = map.Take("mode")?.OneOf("scram", "jwt") ?? "scram",
        };
    }

    public JsonObject Grants(FieldMap map, string issuer, CatalogChecks checks)
    {
        var topics = map.Take("topics")?.List("a list of {name, pattern, operations}") ?? [];
        var groups = map.Take("groups")?.List("a list of {name, pattern}") ?? [];
        if (topics.Count + groups.Count == 0)
            map.Self.FaultHere("Nothing is granted", "Name topics, groups or both.");
        return new JsonObject
        {
            ["topics"] = new JsonArray([.. topics.Select(t => Resource(t, withOperations: true))]),
            ["groups"] = new JsonArray([.. groups.Select(g => Resource(g, withOperations: false))]),
        };
    }

    private static JsonObject? Resource(Field field, bool withOperations)
    {
        if (field.Map("a map with name and pattern") is not { } map)
            return null;
        var json = new JsonObject
        {
            ["name"] = map.Need("name", "Name it.")?.Text(ResourceName(), "a Kafka name: 1 to 249 letters, digits, dots, dashes and underscores (no wildcard)", 249),
            ["pattern"] = map.Take("pattern")?.OneOf("literal", "prefixed") ?? "literal",
        };
        if (withOperations)
            json["operations"] = JsonValues.Texts(OperationsOf(map));
        map.Close();
        return json;
    }

    private static List<string> OperationsOf(FieldMap map)
    {
        var field = map.Need("operations", "Say what may be done: operations: [read].");
        var named = field?.List("a list of operations").Select(o => o.OneOf(Operations)).OfType<string>().Distinct(StringComparer.Ordinal).ToList() ?? [];
        if (field is { Node: YamlList { Items.Count: 0 } })
            field.FaultHere("No operation is named", $"Choose of {string.Join(", ", Operations)}.");
        return named;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,249}\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex ResourceName();

    [GeneratedRegex(@"\A([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex HostAndPort();
}
