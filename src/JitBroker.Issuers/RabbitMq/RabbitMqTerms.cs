using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// What the catalog says of one rabbitmq entitlement: <c>{vhost, configure, write, read, topics, connectionLimit}</c> at a server. The catalog was validated when it was read;
/// this reads again and fails closed, since the text may have been accepted by another build.
/// </summary>
/// <param name="Scopes">The rights as scopes of a token; empty where the server's own users get them as patterns.</param>
internal sealed record RabbitMqTerms(
    RabbitMqSettings Server, string Vhost, string Configure, string Write, string Read, IReadOnlyList<TopicRight> Topics, int ConnectionLimit, IReadOnlyList<string> Scopes)
{
    /// <summary>Matches no name.</summary>
    public const string Nothing = "^$";

    private const int LongestName = 255;

    /// <summary>True with <paramref name="terms"/>, or false with <paramref name="problem"/> a sentence for people. Never throws.</summary>
    public static bool TryRead(string settings, string grants, [NotNullWhen(true)] out RabbitMqTerms? terms, out string problem)
    {
        terms = null;
        if (!RabbitMqSettings.TryRead(settings, out var server, out problem))
            return false;
        if (RabbitMqSettings.Parse(grants) is not { } granted)
            problem = "The entitlement's grants are not a JSON object.";
        else if (Name(granted["vhost"]) is not { } vhost)
            problem = "grants.vhost is missing or no name that a virtual host can have here.";
        else if (Pattern(granted, "configure") is not { } configure || Pattern(granted, "write") is not { } write || Pattern(granted, "read") is not { } read)
            problem = "grants.configure, write and read are not patterns.";
        else if (TopicsOf(granted["topics"]) is not { } topics)
            problem = "grants.topics is not a list of {exchange, write, read}.";
        else if (LimitOf(granted) is not { } limit)
            problem = "grants.connectionLimit is not a number from 1 to 1000.";
        else if (new RabbitMqTerms(server, vhost, configure, write, read, topics, limit, []) is var all && !server.IsToken)
            terms = all;
        else if (TokenScopes.Of(all) is { } scopes)
            terms = all with { Scopes = scopes };
        else
            problem = "The patterns of grants cannot be said as scopes of a token.";
        return terms is not null;
    }

    /// <summary>Null for what would walk up a path of the management API, too.</summary>
    private static string? Name(JsonNode? node) =>
        RabbitMqSettings.Text(node) is { Length: > 0 and <= LongestName } text && text is not ("." or "..") && !text.Any(char.IsControl) ? text : null;

    /// <summary>Not named is nothing, and so is an empty one, as at the server.</summary>
    private static string? Pattern(JsonObject granted, string right) =>
        !granted.ContainsKey(right) ? Nothing : RabbitMqSettings.Text(granted[right]) is { Length: <= 500 } text ? text.Length == 0 ? Nothing : text : null;

    private static List<TopicRight>? TopicsOf(JsonNode? node)
    {
        if (node is null)
            return [];
        if (node is not JsonArray items)
            return null;
        List<TopicRight> rights = [];
        foreach (var item in items)
        {
            if (item is not JsonObject topic || Name(topic["exchange"]) is not { } exchange || Pattern(topic, "write") is not { } write || Pattern(topic, "read") is not { } read)
                return null;
            rights.Add(new TopicRight(exchange, write, read));
        }

        return rights;
    }

    private static int? LimitOf(JsonObject granted)
    {
        if (!granted.ContainsKey("connectionLimit"))
            return 5;
        return granted["connectionLimit"] is JsonValue value && value.TryGetValue<int>(out var limit) && limit is >= 1 and <= 1_000 ? limit : null;
    }
}

/// <summary>Which routing keys may be used at one topic exchange.</summary>
internal sealed record TopicRight(string Exchange, string Write, string Read);
