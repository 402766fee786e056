namespace JitBroker.Playground.State;

/// <summary>A bearer address through which the app may answer a command or a press: five uses within thirty minutes.</summary>
internal sealed class ResponseUrl
{
    internal const int MaxUses = 5;
    internal static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    public required string ConversationId { get; init; }
    public required string User { get; init; }
    public required DateTimeOffset Expires { get; init; }

    /// <summary>The message whose button was pressed; null after a slash command.</summary>
    public string? MessageTs { get; set; }
    public int Uses { get; set; }
}
