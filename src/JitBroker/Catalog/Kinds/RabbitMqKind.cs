using System.Text.Json.Nodes;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// RabbitMQ users or tokens. Settings <c>{management, amqp, user, password, mode: user|jwt}</c>, with <c>mode: jwt</c> also <c>{resourceServerId, tokenLifetime}</c>; grants
/// <c>{vhost, configure, write, read, topics: [{exchange, write, read}], connectionLimit, allowWide}</c>. Rights not named are none.
/// </summary>
internal sealed class RabbitMqKind : IIssuerKind
{
    /// <summary>What <c>auth_oauth2.resource_server_id</c> is in RabbitMQ's own examples.</summary>
    private const string UsualResourceServer = "rabbitmq";

    public string Name => "rabbitmq";

    public JsonObject Settings(FieldMap map, CatalogChecks checks)
    {
        var user = map.Need("user", "Name the broker's own user at the target.");
        var password = map.Need("password", "Write password: ${env:NAME} or ${file:PATH}.");
        var management = map.Need("management", "Give the address of the management API.");
        var amqp = map.Need("amqp", "Give the address clients connect to.");
        var mode = map.Take("mode")?.OneOf("user", "jwt") ?? "user";
        var json = new JsonObject
        {
            ["management"] = management is null ? null : checks.Address(management, "https", "http"),
            ["amqp"] = amqp is null ? null : checks.Address(amqp, "amqps", "amqp"),
            ["user"] = user is null ? null : checks.Plain(user),
            ["password"] = password is null ? null : checks.Secret(password),
            ["mode"] = mode,
        };
        checks.NoteMode(map.Self, mode);
        if (mode == "jwt")
            AddTokens(json, map, checks);
        return json;
    }

    public JsonObject Grants(FieldMap map, string issuer, CatalogChecks checks)
    {
        var allowWide = map.Take("allowWide")?.Text(500);
        var isToken = checks.ModeOf(issuer) == "jwt";
        var patterns = new PatternChecks(allowWide is not null, isToken);
        var json = new JsonObject
        {
            ["vhost"] = Vhost(map.Need("vhost", "Name the virtual host, e.g. /.")),
            ["configure"] = patterns.Name(map, "configure"),
            ["write"] = patterns.Name(map, "write"),
            ["read"] = patterns.Name(map, "read"),
            ["topics"] = new JsonArray([.. (map.Take("topics")?.List("a list of {exchange, write, read}") ?? []).Select(t => Topic(t, patterns))]),
        };
        map.Take("tags")?.FaultHere("A tag opens the management API, past every pattern, and is given to nobody", "Remove it.");
        if (new[] { "configure", "write", "read" }.All(right => (string?)json[right] == PatternChecks.Nothing))
            map.Self.FaultHere("Nothing is granted", "Give a pattern for configure, write or read.");
        if (isToken && json["topics"]!.AsArray().Count > 0 && new[] { "write", "read" }.Any(right => IsOpen((string)json[right]!)))
            map.Self.FaultHere("A wildcard beside topic rights would take their limits away: in a token it stands for every routing key", "Name each exchange in write and read, or use an issuer with mode: user.");
        // A server keeps limits for users of its own only.
        if (!isToken)
            json["connectionLimit"] = map.Take("connectionLimit")?.Integer(1, 1_000) ?? 5;
        json.Put("allowWide", allowWide);
        return json;
    }

    /// <summary>Tokens for one server must be worth nothing at another (M10).</summary>
    private static void AddTokens(JsonObject json, FieldMap map, CatalogChecks checks)
    {
        var field = map.Take("resourceServerId") ?? map.Self.Child(new YamlScalar(map.Self.Line, 1, UsualResourceServer, Plain: true), "resourceServerId");
        json["resourceServerId"] = checks.Audience(field, map.Self.Path);
        json["tokenLifetime"] = Durations.Iso(map.Take("tokenLifetime")?.Duration(TimeSpan.FromHours(12)) ?? TimeSpan.FromMinutes(15));
    }

    private static bool IsOpen(string pattern) => NamePattern.Read(pattern, isOpen: false, out _)?.Branches.Any(b => b.Rest != NameRest.Nothing) ?? false;

    private static string? Vhost(Field? field)
    {
        if (field?.Text() is not { } name)
            return null;
        if (name.Contains('*', StringComparison.Ordinal) || name is "." or "..")
            field.Fault("is not the name of one virtual host", "Name it; an entitlement for several is several entitlements.");
        return name;
    }

    private static JsonObject? Topic(Field field, PatternChecks patterns)
    {
        if (field.Map("a topic right {exchange, write, read}") is not { } map)
            return null;
        var json = new JsonObject
        {
            ["exchange"] = map.Need("exchange", "Name the topic exchange.")?.Text(),
            ["write"] = patterns.RoutingKey(map, "write"),
            ["read"] = patterns.RoutingKey(map, "read"),
        };
        map.Close();
        return json;
    }
}
