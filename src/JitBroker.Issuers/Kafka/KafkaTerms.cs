using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Kafka.Wire;

namespace JitBroker.Issuers.Kafka;

/// <summary>A topic or group and what may be done with it.</summary>
internal sealed record KafkaRight(ResourceType Type, string Name, PatternType Pattern, IReadOnlyList<AclOperation> Operations);

/// <summary>
/// What the catalog says of one kafka entitlement: the issuer's <c>{bootstrap, tls, ca, mechanism, user, password, mode, audience}</c>, the entitlement's
/// <c>{topics, groups, allowWide}</c>. The catalog was validated when it was read; this reads again and fails closed, since the text may have been accepted by
/// another build.
/// </summary>
internal sealed record KafkaTerms(KafkaSettings Settings, IReadOnlyList<KafkaRight> Rights)
{
    private static readonly Dictionary<string, AclOperation> Operations = new(StringComparer.Ordinal)
    {
        ["all"] = AclOperation.All,
        ["read"] = AclOperation.Read,
        ["write"] = AclOperation.Write,
        ["create"] = AclOperation.Create,
        ["delete"] = AclOperation.Delete,
        ["alter"] = AclOperation.Alter,
        ["describe"] = AclOperation.Describe,
        ["describe_configs"] = AclOperation.DescribeConfigs,
        ["alter_configs"] = AclOperation.AlterConfigs,
    };

    /// <summary>True with <paramref name="terms"/>, or false with <paramref name="problem"/> a sentence for people. Never throws.</summary>
    /// <param name="issuer">The issuer's name in the catalog: the audience of its tokens where it names none.</param>
    public static bool TryRead(string issuer, string settings, string grants, [NotNullWhen(true)] out KafkaTerms? terms, out string problem)
    {
        terms = null;
        if (!KafkaSettings.TryRead(issuer, settings, out var read, out problem))
            return false;
        if (KafkaSettings.Parse(grants) is not { } granted)
            problem = "The entitlement's grants are not a JSON object.";
        else if (RightsOf(granted, "topics") is not { } topics || RightsOf(granted, "groups") is not { } groups)
            problem = "grants.topics or grants.groups is not a list of rights that Kafka has, or is wider than it looks without allowWide.";
        else if (topics.Count + groups.Count == 0)
            problem = "grants names no topic and no group.";
        else
            terms = new KafkaTerms(read, [.. topics, .. groups]);
        return terms is not null;
    }

    private static List<KafkaRight>? RightsOf(JsonObject granted, string key)
    {
        if (granted[key] is null)
            return [];
        if (granted[key] is not JsonArray items)
            return null;
        var isWideAllowed = KafkaSettings.Text(granted["allowWide"]) is { Length: > 0 };
        var rights = items.Select(i => i is JsonObject item ? RightOf(item, key == "topics" ? ResourceType.Topic : ResourceType.Group, isWideAllowed) : null).OfType<KafkaRight>().ToList();
        return rights.Count == items.Count ? rights : null;
    }

    private static KafkaRight? RightOf(JsonObject item, ResourceType type, bool isWideAllowed)
    {
        if (KafkaSettings.Text(item["name"]) is not { Length: > 0 and <= 249 } name || PatternOf(item) is not { } pattern)
            return null;
        var operations = type == ResourceType.Group ? [AclOperation.Read] : OperationsOf(item);
        if (operations is not { Count: > 0 } || (name == "*" && !(isWideAllowed && pattern == PatternType.Literal)))
            return null;
        return operations.Contains(AclOperation.All) && !isWideAllowed ? null : new KafkaRight(type, name, pattern, operations);
    }

    private static PatternType? PatternOf(JsonObject item) => KafkaSettings.Text(item["pattern"]) switch
    {
        "literal" => PatternType.Literal,
        "prefixed" => PatternType.Prefixed,
        null when !item.ContainsKey("pattern") => PatternType.Literal,
        _ => null,
    };

    private static List<AclOperation>? OperationsOf(JsonObject item)
    {
        if (item["operations"] is not JsonArray named)
            return null;
        var known = named.Select(n => KafkaSettings.Text(n) is { } text && Operations.TryGetValue(text, out var operation) ? operation : (AclOperation?)null).OfType<AclOperation>().Distinct().ToList();
        return known.Count == named.Count ? known : null;
    }
}

/// <summary>The issuer's own part.</summary>
/// <param name="User">Unresolved, as is <paramref name="Password"/> and <paramref name="Authorities"/>.</param>
/// <param name="IsJwt">Holders get a token of ours instead of a SCRAM user.</param>
/// <param name="Audience">Of those tokens: what the brokers expect.</param>
internal sealed record KafkaSettings(IReadOnlyList<BrokerAddress> Servers, bool IsTls, string? Authorities, ScramHash Hash, string User, string Password, bool IsJwt, string Audience)
{
    /// <summary>True with <paramref name="settings"/>, or false with <paramref name="problem"/> a sentence for people. Never throws.</summary>
    public static bool TryRead(string issuer, string json, [NotNullWhen(true)] out KafkaSettings? settings, out string problem)
    {
        settings = null;
        var read = Parse(json);
        problem = "";
        if (read is null)
            problem = "The issuer's settings are not a JSON object.";
        else if (ServersOf(read) is not { Count: > 0 } servers)
            problem = "The issuer's bootstrap is not a list of host:port.";
        else if (!TryBool(read["tls"], out var isTls))
            problem = "The issuer's tls is not true or false.";
        else if (ScramHash.Of(Text(read["mechanism"]) ?? ScramHash.Sha512.Mechanism) is not { } hash)
            problem = "The issuer's mechanism is not SCRAM-SHA-512 or SCRAM-SHA-256.";
        else if (Text(read["user"]) is not { Length: > 0 } user || Text(read["password"]) is not { Length: > 0 } password)
            problem = "The issuer's user or password is missing.";
        else if ((Text(read["mode"]) ?? "scram") is not ("scram" or "jwt") || (read.ContainsKey("audience") && Text(read["audience"]) is not { Length: > 0 }))
            problem = "The issuer's mode is not scram or jwt, or its audience is empty.";
        else
            settings = new KafkaSettings(servers, isTls, Text(read["ca"]), hash, user, password, Text(read["mode"]) == "jwt", Text(read["audience"]) ?? issuer);
        return settings is not null;
    }

    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    internal static JsonObject? Parse(string json)
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

    internal static List<BrokerAddress>? ServersOf(JsonObject from)
    {
        if (from["bootstrap"] is not JsonArray items || items.Count > 50)
            return null;
        var servers = items.Select(i => Text(i) is { } text && BrokerAddress.TryParse(text, out var address) ? address : null).OfType<BrokerAddress>().Distinct().ToList();
        return items.Count > 0 && items.All(i => Text(i) is { } text && BrokerAddress.TryParse(text, out _)) ? servers : null;
    }

    /// <summary>Absent is true.</summary>
    private static bool TryBool(JsonNode? node, out bool value)
    {
        value = true;
        return node is null || (node is JsonValue given && given.TryGetValue(out value));
    }
}
