using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// RabbitMQ users or tokens. Settings <c>{management, amqp, user, password, mode: user|jwt}</c>, grants
/// <c>{vhost, configure, write, read, topics: [{exchange, write, read}]}</c>. Rights not named are none.
/// </summary>
internal sealed class RabbitMqKind : IIssuerKind
{
    private const string Nothing = "^$";

    public string Name => "rabbitmq";

    public JsonObject Settings(FieldMap map, CatalogChecks checks)
    {
        var user = map.Need("user", "Name the broker's own user at the target.");
        var password = map.Need("password", "Write password: ${env:NAME} or ${file:PATH}.");
        var management = map.Need("management", "Give the address of the management API.");
        var amqp = map.Need("amqp", "Give the address clients connect to.");
        return new JsonObject
        {
            ["management"] = management is null ? null : checks.Address(management, "https", "http"),
            ["amqp"] = amqp is null ? null : checks.Address(amqp, "amqps", "amqp"),
            ["user"] = user is null ? null : checks.Plain(user),
            ["password"] = password is null ? null : checks.Secret(password),
            ["mode"] = map.Take("mode")?.OneOf("user", "jwt") ?? "user",
        };
    }

    public JsonObject Grants(FieldMap map, string issuer, CatalogChecks checks)
    {
        var json = new JsonObject
        {
            ["vhost"] = map.Need("vhost", "Name the virtual host, e.g. /.")?.Text(),
            ["configure"] = Pattern(map.Take("configure")),
            ["write"] = Pattern(map.Take("write")),
            ["read"] = Pattern(map.Take("read")),
        };
        json["topics"] = new JsonArray([.. (map.Take("topics")?.List("a list of {exchange, write, read}") ?? []).Select(Topic)]);
        return json;
    }

    private static JsonObject? Topic(Field field)
    {
        if (field.Map("a topic right {exchange, write, read}") is not { } map)
            return null;
        var json = new JsonObject
        {
            ["exchange"] = map.Need("exchange", "Name the topic exchange.")?.Text(),
            ["write"] = Pattern(map.Take("write"), anchoredEnd: false),
            ["read"] = Pattern(map.Take("read"), anchoredEnd: false),
        };
        map.Close();
        return json;
    }

    /// <summary>
    /// The server looks for a pattern anywhere in a name, so one without anchors reaches further than it reads. <c>.*</c> says "everything" plainly.
    /// </summary>
    private static string Pattern(Field? field, bool anchoredEnd = true)
    {
        if (field is null or { Node: YamlScalar { Text: "" } })
            return Nothing;
        if (field.Text(500) is not { } pattern)
            return Nothing;
        if (pattern != ".*" && !(pattern.StartsWith('^') && (!anchoredEnd || pattern.EndsWith('$')) && !HasOpenAlternative(pattern)))
            field.Fault("is not anchored, so it would match every name that contains it", $"Write ^{pattern.Trim('^', '$')}$, with alternatives in brackets: ^(a|b)$.");
        else if (!Compiles(pattern))
            field.Fault("is not a regular expression", "Correct it.");
        return pattern;
    }

    /// <summary>An alternative outside brackets: <c>^a|b$</c> is "begins with a, or ends with b".</summary>
    private static bool HasOpenAlternative(string pattern)
    {
        var (depth, inClass) = (0, false);
        for (var at = 0; at < pattern.Length; at++)
        {
            var c = pattern[at];
            if (c == '\\')
                at++;
            else if (inClass || c == '[')
                inClass = c != ']';
            else if (c is '(' or ')')
                depth += c == '(' ? 1 : -1;
            else if (c == '|' && depth == 0)
                return true;
        }

        return pattern.EndsWith("\\$", StringComparison.Ordinal);
    }

    private static bool Compiles(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
