namespace JitBroker.Policy;

/// <summary>How much one person may ask and collect (<c>Broker:Limits</c>).</summary>
public sealed record AskLimits(int RequestsPerMinute = 30, int OpenRequests = 20, int CollectionsPerHour = 20);
