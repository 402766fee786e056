using JitBroker.Catalog.Kinds;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// Rights as the scopes that the oauth2 backend reads (3.10, rabbit_oauth2_scope): <c>rabbitmq.write:VHOST/NAME[/ROUTINGKEY]</c>, each part percent-encoded, <c>*</c> for anything. A scope
/// without a routing key is good for every one.
/// </summary>
internal static class TokenScopes
{
    private const string Anything = "*";

    /// <summary>Null when a pattern says what no scope can.</summary>
    public static IReadOnlyList<string>? Of(RabbitMqTerms terms)
    {
        List<string> scopes = [];
        foreach (var (right, pattern) in new[] { ("configure", terms.Configure), ("write", terms.Write), ("read", terms.Read) })
        {
            if (Parts(pattern, isOpen: false) is not { } names)
                return null;
            foreach (var name in names)
            {
                if (RoutingKeys(terms, right, name) is not { } keys)
                    return null;
                scopes.AddRange(keys.Select(key => $"{terms.Server.ResourceServer}.{right}:{Escaped(terms.Vhost)}/{name}{key}"));
            }
        }

        return scopes;
    }

    /// <summary>What follows the name: nothing, or <c>/KEY</c> for each kind of routing key; none at all takes the right away. Null when the two cannot be told apart.</summary>
    private static List<string>? RoutingKeys(RabbitMqTerms terms, string right, string name)
    {
        if (right == "configure" || terms.Topics.Count == 0)
            return [""];
        // A wildcard would match the exchange of a topic right too, and lift its limit.
        if (name.EndsWith(Anything, StringComparison.Ordinal))
            return null;
        List<string> keys = [];
        var ofName = terms.Topics.Where(t => Escaped(t.Exchange) == name).ToList();
        foreach (var topic in ofName)
        {
            if (Parts(right == "write" ? topic.Write : topic.Read, isOpen: true) is not { } parts)
                return null;
            keys.AddRange(parts.Select(part => "/" + part));
        }

        return ofName.Count == 0 ? [""] : keys;
    }

    private static List<string>? Parts(string pattern, bool isOpen)
    {
        if (NamePattern.Read(pattern, isOpen, out _) is not { } read || read.Branches.Any(b => b.Rest == NameRest.Something))
            return null;
        // The empty name stands for nothing; in a scope it would be one more odd name.
        return [.. read.Branches.Where(b => b.Start.Length > 0 || b.Rest == NameRest.Anything).Select(b => Escaped(b.Start) + (b.Rest == NameRest.Anything ? Anything : ""))];
    }

    /// <summary>A star of the name's own is <c>%2A</c>, which the server decodes after it looked for wildcards.</summary>
    private static string Escaped(string text) => Uri.EscapeDataString(text).Replace("*", "%2A", StringComparison.Ordinal);
}
