namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>The peer does not speak Kafka's protocol as it is written. Says what is wrong with its bytes, never what they are.</summary>
internal sealed class WireException(string message) : Exception(message);
