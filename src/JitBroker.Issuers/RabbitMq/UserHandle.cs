using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Issuing;
using JitBroker.Storage;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// What ends one user, or one token's connections, when the catalog entry is gone: the name, where the management API is, and the unresolved login of the broker.
/// </summary>
/// <param name="ExpiresAt">Of a token; null for a user of the server's own.</param>
internal sealed partial record UserHandle(string Name, Uri Management, string User, string Password, DateTimeOffset? ExpiresAt)
{
    private const int LongestSlug = 24;

    /// <summary><c>jit-</c>, the lease's id in lower case, and something of the holder for people who read lists of connections.</summary>
    public static string NameOf(string leaseId, string holder)
    {
        var local = holder.Split('@')[0].ToLowerInvariant();
        var slug = new string([.. local.Take(LongestSlug).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        return $"jit-{leaseId.ToLowerInvariant()}-{(slug.Length == 0 ? "x" : slug)}";
    }

    /// <summary>The lease of a name of exactly our form; null for every other name.</summary>
    public static string? LeaseOf(string name) => Own().Match(name) is { Success: true } match ? match.Groups["lease"].Value.ToUpperInvariant() : null;

    public static JsonObject Of(IssueOrder order, RabbitMqSettings server, DateTimeOffset expiresAt)
    {
        var json = new JsonObject
        {
            ["name"] = NameOf(order.LeaseId, order.Holder),
            ["management"] = server.Management.AbsoluteUri,
            ["user"] = server.User,
            ["password"] = server.Password,
        };
        if (server.IsToken)
            json["expiresAt"] = Instants.ToText(expiresAt);
        return json;
    }

    /// <summary>Of an order that is always refused, so that nothing of it is ever made anywhere.</summary>
    public static JsonObject OfNothing(IssueOrder order) => new() { ["name"] = NameOf(order.LeaseId, order.Holder), ["mintable"] = false };

    public static bool IsOfNothing(RevocationHandle handle) =>
        Readable(handle) is not null && handle.Data["mintable"] is JsonValue value && value.TryGetValue<bool>(out var mintable) && !mintable;

    /// <summary>Null when this is not a handle of ours: a name of another form is never touched.</summary>
    public static UserHandle? Read(RevocationHandle handle)
    {
        var data = handle.Data;
        if (Readable(handle) is not { } name || RabbitMqSettings.Address(data["management"], "https", "http") is not { } management)
            return null;
        if (RabbitMqSettings.Text(data["user"]) is not { Length: > 0 } user || RabbitMqSettings.Text(data["password"]) is not { Length: > 0 } password)
            return null;
        if (handle.EarlyEnd != EarlyEnd.AtExpiry)
            return new UserHandle(name, management, user, password, null);
        return DateTimeOffset.TryParse(RabbitMqSettings.Text(data["expiresAt"]), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expiresAt)
            ? new UserHandle(name, management, user, password, expiresAt)
            : null;
    }

    private static string? Readable(RevocationHandle handle) =>
        handle.Kind == RabbitMqIssuer.KindName && RabbitMqSettings.Text(handle.Data["name"]) is { } name && LeaseOf(name) is not null ? name : null;

    [GeneratedRegex(@"\Ajit-(?<lease>[0-9a-z]{26})-[0-9a-z-]{1,24}\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Own();
}
