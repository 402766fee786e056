using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Kafka;

/// <summary>What ends one user when the catalog entry is gone: its name, and the way to the cluster with its references unresolved.</summary>
internal sealed partial record KafkaHandle(string User, KafkaSettings Settings)
{
    private const int LongestSlug = 24;

    public string Principal => PrincipalOf(User);

    /// <summary>
    /// <c>jit-</c>, the lease's id in lower case, and the holder's name as far as letters and digits carry it: never given twice, and the authorizer's log says who.
    /// </summary>
    public static string UserOf(IssueOrder order) => $"jit-{order.LeaseId.ToLowerInvariant()}-{Slug(order.Holder)}";

    public static string PrincipalOf(string user) => "User:" + user;

    /// <summary>The lease that a user of exactly our form was made for, in upper case; null for any other name.</summary>
    public static string? LeaseOf(string user) => Own().Match(user) is { Success: true } match ? match.Groups["lease"].Value.ToUpperInvariant() : null;

    public static JsonObject Of(IssueOrder order, KafkaSettings settings) => new()
    {
        ["user"] = UserOf(order),
        ["bootstrap"] = new JsonArray([.. settings.Servers.Select(s => (JsonNode)s.ToString())]),
        ["tls"] = settings.IsTls,
        ["ca"] = settings.Authorities,
        ["mechanism"] = settings.Hash.Mechanism,
        ["adminUser"] = settings.User,
        ["adminPassword"] = settings.Password,
        ["mode"] = settings.IsJwt ? "jwt" : "scram",
    };

    /// <summary>Of an order that is always refused, so that nothing of it is ever made anywhere.</summary>
    public static JsonObject OfNothing(IssueOrder order) => new() { ["user"] = UserOf(order), ["mintable"] = false };

    public static bool IsOfNothing(RevocationHandle handle) =>
        Readable(handle) is not null && handle.Data["mintable"] is JsonValue value && value.TryGetValue<bool>(out var mintable) && !mintable;

    /// <summary>Null when this is not a handle of ours: a name of another form is never touched.</summary>
    public static KafkaHandle? Read(RevocationHandle handle)
    {
        if (Readable(handle) is not { } user)
            return null;
        var settings = (JsonObject)handle.Data.DeepClone();
        settings["user"] = settings["adminUser"]?.DeepClone();
        settings["password"] = settings["adminPassword"]?.DeepClone();
        return KafkaSettings.TryRead(handle.Target, settings.ToJsonString(), out var read, out _) ? new KafkaHandle(user, read) : null;
    }

    private static string? Readable(RevocationHandle handle) =>
        handle.Kind == KafkaIssuer.KindName && KafkaSettings.Text(handle.Data["user"]) is { } user && Own().IsMatch(user) ? user : null;

    private static string Slug(string holder)
    {
        var slug = new StringBuilder(LongestSlug);
        foreach (var c in holder.Split('@')[0].ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c))
                slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
            if (slug.Length == LongestSlug)
                break;
        }

        var text = slug.ToString().Trim('-');
        return text.Length == 0 ? "holder" : text;
    }

    [GeneratedRegex(@"\Ajit-(?<lease>[0-9a-z]{26})-[a-z0-9][a-z0-9-]{0,23}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Own();
}
