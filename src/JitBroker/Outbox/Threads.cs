using System.Text.Json.Nodes;

namespace JitBroker.Outbox;

/// <summary>Messages that belong under another: extensions under what they extend, the further items of a bundle under the first.</summary>
public static class Threads
{
    /// <summary>The member of a delivery's data that names the request under whose card it is posted.</summary>
    internal const string Under = "under";

    /// <summary>That request's id; null for a message of its own.</summary>
    public static string? UnderWhich(Delivery delivery) => (string?)JsonNode.Parse(delivery.Data)?[Under];
}
