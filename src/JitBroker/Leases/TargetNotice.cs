using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Leases;

/// <summary>What operations are told of a target, as a delivery carries it.</summary>
/// <param name="News">One of the words below.</param>
/// <param name="Why">What the target said last, or null. Holds no secret.</param>
public sealed record TargetNotice(string Target, string News, string? Why, DateTimeOffset Since)
{
    /// <summary>It does not answer; one attempt at a time goes there.</summary>
    public const string Paused = "paused";

    /// <summary>It answers again.</summary>
    public const string Resumed = "resumed";

    /// <summary>It says no to the broker itself when something is to be minted.</summary>
    public const string Denied = "denied";

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Options)!.AsObject();

    /// <summary>Null when it cannot be read.</summary>
    public static TargetNotice? FromText(string data)
    {
        try
        {
            return JsonSerializer.Deserialize<TargetNotice>(data, Options) is { Target: not null, News: not null } read ? read : null;
        }
        catch (JsonException)
        {
            // Written by another build; a notice that cannot be read is not worth failing for.
            return null;
        }
    }
}
