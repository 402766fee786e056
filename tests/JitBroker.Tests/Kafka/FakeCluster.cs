using System.Collections.Concurrent;
using JitBroker.Tests.Issuing;

namespace JitBroker.Tests.Kafka;

/// <summary>A right, by numbers as on the wire.</summary>
internal sealed record FakeAcl(int Type, string Name, int Pattern, string Principal, string Host, int Operation, int Permission);

/// <summary>A login as a server keeps it.</summary>
internal sealed record FakeLogin(string Mechanism, int Iterations, byte[] Salt, byte[] StoredKey, byte[] ServerKey);

/// <summary>What the brokers of one cluster know: users, rights, topics, and whose tokens they take.</summary>
internal sealed class FakeCluster
{
    public const string Admin = "jit";
    public const string AdminPassword = "the broker's own, of the fake";

    public FakeCluster() => Upsert(Admin, "SCRAM-SHA-512", 4096, [1, 2, 3, 4], Scram.Salted("SCRAM-SHA-512", AdminPassword, [1, 2, 3, 4], 4096));

    public ConcurrentDictionary<(string User, string Mechanism), FakeLogin> Logins { get; } = new();

    public ConcurrentDictionary<FakeAcl, bool> Acls { get; } = new();

    public List<string> Topics { get; } = ["orders"];

    /// <summary>Node id, host and port, as told in Metadata.</summary>
    public List<(int Id, string Host, int Port)> Live { get; } = [];

    public int Controller { get; set; } = 1;

    public int MetadataVersion { get; set; } = 27;

    public List<string> Mechanisms { get; } = ["SCRAM-SHA-512", "SCRAM-SHA-256", "OAUTHBEARER"];

    /// <summary>JWKS, issuer, audience and time of the listener with OAUTHBEARER.</summary>
    public Func<(string Jwks, string Issuer, string Audience, DateTimeOffset Now)>? Tokens { get; set; }

    public void Upsert(string user, string mechanism, int iterations, byte[] salt, byte[] salted) =>
        Logins[(user, mechanism)] = new FakeLogin(mechanism, iterations, salt, Scram.StoredKey(mechanism, salted), Scram.ServerKey(mechanism, salted));

    /// <summary>Null when the token is not good; else its subject.</summary>
    public string? SubjectOf(string token)
    {
        var (jwks, issuer, audience, now) = Tokens!();
        return RawJwt.Accepts(token, jwks, issuer, audience, now, TimeSpan.FromSeconds(30)) ? RawJwt.Payload(token)["sub"]!.ToString() : null;
    }

    public bool MayRead(string user, string topic) => Acls.Keys.Any(a =>
        a is { Type: 2, Permission: 3, Operation: 2 or 3 } && a.Principal == "User:" + user && (a.Pattern == 4 ? topic.StartsWith(a.Name, StringComparison.Ordinal) : a.Name == topic || a.Name == "*"));
}
