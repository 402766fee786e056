using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using JitBroker.Client;

namespace JitBroker.Cli.State;

/// <summary>
/// Credentials that a program asks for again and again, such as AWS's tools: the API's answer in a file of its owner's only, one for each session and
/// entitlement. Whoever signs in anew finds none of an earlier session.
/// </summary>
/// <param name="token">Of the session; it stands in the files' names as a digest.</param>
internal sealed class CredentialCache(StateDirectory state, Uri broker, string token)
{
    private readonly string _owner = Digest($"{broker.AbsoluteUri.TrimEnd('/')}\n{token}");

    /// <summary>The answer as it came, or null; what cannot be read counts as none.</summary>
    public Cached? Find(string entitlement) => Read(Name(entitlement));

    public void Keep(string entitlement, ReadOnlyMemory<byte> answer) => state.Write(Name(entitlement), Encoding.UTF8.GetString(answer.Span));

    public void Forget(string entitlement) => state.Delete(Name(entitlement));

    /// <summary>Everything of a grant that has been given back.</summary>
    public void ForgetGrant(string grant)
    {
        foreach (var name in Mine().Where(name => Read(name)?.Envelope.Grant == grant))
            state.Delete(name);
    }

    /// <summary>Everything of the session.</summary>
    public void ForgetAll()
    {
        foreach (var name in Mine())
            state.Delete(name);
    }

    /// <summary>Held by one process at a time, so that several that start at once collect one credential and not one each. Null while another holds it.</summary>
    public IDisposable? TryLock(string entitlement) => state.TryLock($"credential-{_owner}-{Digest(entitlement)}.lock");

    private IReadOnlyList<string> Mine() => state.Names($"credential-{_owner}-*.json");

    private Cached? Read(string name)
    {
        if (state.Read(name) is not { } text)
            return null;
        try
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            return JsonSerializer.Deserialize<CredentialEnvelope>(bytes, Wire.Tolerant) is { } envelope ? new Cached(bytes, envelope) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string Name(string entitlement) => $"credential-{_owner}-{Digest(entitlement)}.json";

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}

/// <summary>A kept answer, as bytes and read.</summary>
internal sealed record Cached(ReadOnlyMemory<byte> Body, CredentialEnvelope Envelope)
{
    public override string ToString() => $"Cached {{ {Envelope} }}";
}
