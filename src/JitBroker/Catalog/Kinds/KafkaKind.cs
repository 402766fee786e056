using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// Kafka users or tokens. Settings <c>{bootstrap, tls, ca, mechanism, user, password, mode: scram|jwt, audience}</c>, grants
/// <c>{topics: [{name, pattern, operations}], groups: [{name, pattern}], allowWide}</c>. What reaches further than it looks needs <c>allowWide</c> with a reason.
/// </summary>
internal sealed partial class KafkaKind : IIssuerKind
{
    public string Name => "kafka";

    public JsonObject Settings(FieldMap map, CatalogChecks checks)
    {
        var bootstrap = map.Need("bootstrap", "Name the brokers: bootstrap: [\"k1:9093\"].");
        var servers = bootstrap?.List("a list of host:port").Select(s => s.Text(HostAndPort(), "a host:port")).OfType<string>().ToList() ?? [];
        if (bootstrap is { Node: YamlList { Items.Count: 0 or > 50 } })
            bootstrap.FaultHere("No broker is named, or more than 50 are", "Name 1 to 50 host:port.");
        var user = map.Need("user", "Name the broker's own user at the target.");
        var password = map.Need("password", "Write password: ${env:NAME} or ${file:PATH}.");
        var mode = map.Take("mode")?.OneOf("scram", "jwt") ?? "scram";
        var json = new JsonObject
        {
            ["bootstrap"] = JsonValues.Texts(servers),
            ["tls"] = map.Take("tls")?.Bool() ?? true,
            ["mechanism"] = map.Take("mechanism")?.OneOf("SCRAM-SHA-512", "SCRAM-SHA-256") ?? "SCRAM-SHA-512",
            ["user"] = user is null ? null : checks.Plain(user),
            ["password"] = password is null ? null : checks.Secret(password),
            ["mode"] = mode,
        };
        json.Put("ca", map.Take("ca") is { } authorities ? checks.Secret(authorities) : null);
        if (mode == "jwt")
            json["audience"] = Audience(map, checks);
        return json;
    }

    public JsonObject Grants(FieldMap map, string issuer, CatalogChecks checks)
    {
        var allowWide = map.Take("allowWide")?.Text(500);
        var names = new KafkaNames(isWideAllowed: allowWide is not null);
        var topics = map.Take("topics")?.List("a list of {name, pattern, operations}") ?? [];
        var groups = map.Take("groups")?.List("a list of {name, pattern}") ?? [];
        if (topics.Count + groups.Count == 0)
            map.Self.FaultHere("Nothing is granted", "Name topics, groups or both.");
        if (topics.Count + groups.Count > 100)
            map.Self.FaultHere("More than 100 topics and groups are named", "Make several entitlements of it, or use prefixes.");
        var json = new JsonObject
        {
            ["topics"] = new JsonArray([.. topics.Select(t => names.Topic(t))]),
            ["groups"] = new JsonArray([.. groups.Select(g => names.Group(g))]),
        };
        json.Put("allowWide", allowWide);
        return json;
    }

    /// <summary>A token for one cluster must be worth nothing at another (M10); the issuer's own name is what nobody else has.</summary>
    private static string? Audience(FieldMap map, CatalogChecks checks)
    {
        var name = map.Self.Path[(map.Self.Path.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var field = map.Take("audience") ?? map.Self.Child(new YamlScalar(map.Self.Line, 1, name, Plain: true), "audience");
        return checks.Audience(field, map.Self.Path);
    }

    [GeneratedRegex(@"\A([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex HostAndPort();
}
