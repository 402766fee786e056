using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace JitBroker.Playground.Chaos;

/// <summary>How unkind the workspace is: the chance of each fault, from 0 to 1. All zero: not at all.</summary>
internal sealed record ChaosSettings
{
    /// <summary>The same seed makes the same n-th delivery of a type, and the same n-th call of a method, meet the same fault.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>What the app answered is lost, and the delivery comes again.</summary>
    public double DropAcks { get; init; }

    /// <summary>The delivery comes twice, once late; over the other way where the app takes both.</summary>
    public double Duplicate { get; init; }

    /// <summary>The delivery waits until a younger one has gone.</summary>
    public double Reorder { get; init; }

    /// <summary>The delivery is late.</summary>
    public double Delay { get; init; }

    /// <summary>A call is answered 429 with Retry-After.</summary>
    public double RateLimit { get; init; }

    /// <summary>A call is answered 500 and had no effect.</summary>
    public double Error { get; init; }

    /// <summary>A call takes effect and the connection breaks before its answer.</summary>
    public double LoseAnswer { get; init; }

    /// <summary>A call takes effect and its answer is late.</summary>
    public double SlowAnswer { get; init; }

    /// <summary>The longest delay.</summary>
    public int DelayMs { get; init; } = 300;

    /// <summary>Seconds.</summary>
    public int RetryAfter { get; init; } = 1;

    /// <summary>The methods whose calls meet faults; <c>chat.*</c> means all that begin so, <c>*</c> all.</summary>
    public IReadOnlyList<string> Methods { get; init; } = ["chat.*", "conversations.*", "activities.*"];

    [JsonIgnore]
    public bool IsOn => new[] { DropAcks, Duplicate, Reorder, Delay, RateLimit, Error, LoseAnswer, SlowAnswer }.Any(p => p > 0);

    /// <summary><c>off</c>, <c>rough</c> or <c>storm</c>; null when there is no such preset.</summary>
    public static ChaosSettings? Preset(string name, int seed) => name switch
    {
        "off" => new ChaosSettings { Seed = seed },
        "rough" => All(0.1, seed),
        "storm" => All(0.3, seed),
        _ => null,
    };

    /// <summary>From a control call. What is not named is zero, or its default; null with a sentence when it makes no sense.</summary>
    public static (ChaosSettings? Settings, string? Problem) Read(JsonObject given)
    {
        var names = Names.Concat(["seed", "delay_ms", "retry_after", "methods"]).ToHashSet(StringComparer.Ordinal);
        if (given.FirstOrDefault(p => !names.Contains(p.Key)).Key is { } unknown) return (null, $"There is no chaos called \"{unknown}\"; there are {string.Join(", ", names)}.");
        try
        {
            var settings = given.Deserialize<ChaosSettings>(Json) ?? new ChaosSettings();
            var isSound = Names.All(n => settings.Chance(n) is >= 0 and <= 1) && settings is { DelayMs: >= 0 and <= 60_000, RetryAfter: >= 0 and <= 3600 };
            return isSound ? (settings, null) : (null, "Chances go from 0 to 1, delay_ms to 60000, retry_after to 3600.");
        }
        catch (JsonException e)
        {
            return (null, $"\"{e.Path}\" is of the wrong type.");
        }
    }

    public static IReadOnlyList<string> Names { get; } = ["drop_acks", "duplicate", "reorder", "delay", "rate_limit", "error", "lose_answer", "slow_answer"];

    public JsonObject ToJson() => (JsonObject)JsonSerializer.SerializeToNode(this, Json)!;

    public double Chance(string name) => name switch
    {
        "drop_acks" => DropAcks, "duplicate" => Duplicate, "reorder" => Reorder, "delay" => Delay,
        "rate_limit" => RateLimit, "error" => Error, "lose_answer" => LoseAnswer, "slow_answer" => SlowAnswer, _ => 0,
    };

    public bool Covers(string method) => Methods.Any(m => m == "*" || m == method || (m.EndsWith(".*", StringComparison.Ordinal) && method.StartsWith(m[..^1], StringComparison.Ordinal)));

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static ChaosSettings All(double chance, int seed) => new()
    {
        Seed = seed, DropAcks = chance, Duplicate = chance, Reorder = chance, Delay = chance, RateLimit = chance, Error = chance, LoseAnswer = chance, SlowAnswer = chance,
    };
}
