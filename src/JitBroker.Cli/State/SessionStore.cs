using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JitBroker.Client;

namespace JitBroker.Cli.State;

/// <summary>The sessions of this machine, one file for each broker and scope, and the broker last signed in to.</summary>
internal sealed class SessionStore(StateDirectory state)
{
    private const string LastBrokerFile = "broker";

    public StateDirectory State => state;

    /// <summary>Where to go when neither <c>--url</c> nor <c>JIT_URL</c> says.</summary>
    public string? LastBroker => state.Read(LastBrokerFile)?.Trim() is { Length: > 0 } broker ? broker : null;

    /// <summary>The session, ended or not, or null. A file that cannot be read as one counts as none: signing in again writes it anew.</summary>
    public StoredSession? Find(Uri broker, SessionScope scope)
    {
        if (state.Read(Name(broker, scope)) is not { } text)
            return null;
        try
        {
            var session = JsonSerializer.Deserialize(text, StateContext.Default.StoredSession);
            return session is { Token: not null } && session.Broker == Key(broker) ? session : null;
        }
        catch (JsonException)
        {
            // Half a disk or a curious editor; nothing in it can be used.
            return null;
        }
    }

    public void Save(Uri broker, SessionScope scope, string token, DateTimeOffset endsAt)
    {
        state.Write(Name(broker, scope), JsonSerializer.Serialize(new StoredSession(Key(broker), scope, token, endsAt), StateContext.Default.StoredSession));
        state.Write(LastBrokerFile, Key(broker) + "\n");
    }

    public void Forget(Uri broker, SessionScope scope) => state.Delete(Name(broker, scope));

    /// <summary>Every file with a secret in it, for <c>doctor</c>.</summary>
    public IReadOnlyList<string> Files => [.. state.Names("session-*.json"), .. state.Names("credential-*.json")];

    private static string Key(Uri broker) => broker.AbsoluteUri.TrimEnd('/');

    private static string Name(Uri broker, SessionScope scope) =>
        $"session-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key(broker))))[..16]}-{WireWords.Of(scope)}.json";
}
