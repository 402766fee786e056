using System.Text.Json.Serialization;
using JitBroker.Client;

namespace JitBroker.Cli.State;

/// <summary>A session as kept on this machine.</summary>
internal sealed record StoredSession(string Broker, SessionScope Scope, string Token, DateTimeOffset EndsAt)
{
    public override string ToString() => $"StoredSession {{ Broker = {Broker}, Scope = {Scope}, Token = *** }}";
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(StoredSession))]
internal sealed partial class StateContext : JsonSerializerContext;
