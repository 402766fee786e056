namespace JitBroker.Server.Settings;

/// <summary>One thing wrong with the settings. <paramref name="Value"/> is what stands there, null when nothing does or it must not be shown.</summary>
public sealed record SettingsProblem(string Path, string? Value, string Message, string Remedy)
{
    /// <summary><c>Broker:PendingFor "4 hours": this is not a duration. Write it like 30m, 1h30m or PT1H30M.</c></summary>
    public override string ToString() => $"{Path}{(Value is null ? "" : $" \"{Value}\"")}: {Message}. {Remedy}".TrimEnd();
}

/// <summary>Settings that may be served with, or every reason why not. Exactly one of the two.</summary>
public sealed record SettingsResult(BrokerSettings? Settings, IReadOnlyList<SettingsProblem> Problems)
{
    /// <summary>With defaults in the place of what is wrong: never to be served with, good for looking at the catalog all the same. Null when nothing could be read.</summary>
    public BrokerSettings? Draft { get; init; }
}
