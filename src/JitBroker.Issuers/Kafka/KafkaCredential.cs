using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuers.Kafka.Wire.Calls;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Kafka;

/// <summary>The credential in the shape of contract §4: <c>{bootstrapServers, securityProtocol, mechanism, username, password}</c>, or a token in the password's place.</summary>
internal static class KafkaCredential
{
    public static Credential OfPassword(KafkaSettings settings, string user, string password) => Of(settings, settings.Hash.Mechanism, user, "password", password);

    public static Credential OfToken(KafkaSettings settings, string user, string token) => Of(settings, "OAUTHBEARER", user, "token", token);

    private static Credential Of(KafkaSettings settings, string mechanism, string user, string key, string secret) => new(KafkaIssuer.KindName, new JsonObject
    {
        ["bootstrapServers"] = string.Join(',', settings.Servers),
        ["securityProtocol"] = settings.IsTls ? "SASL_SSL" : "SASL_PLAINTEXT",
        ["mechanism"] = mechanism,
        ["username"] = user,
        [key] = secret,
    });
}

/// <summary>A random password and what the brokers are told of it.</summary>
internal sealed class ScramPassword
{
    /// <summary>The fewest that Kafka takes. 256 random bits are guessed no sooner for more.</summary>
    public const int Iterations = 4096;

    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(32);

    /// <summary>ASCII, so that it does not matter who prepares it how.</summary>
    public string Password { get; } = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public ScramUpsert For(string user, ScramHash hash) => new(user, hash.Number, Iterations, _salt, hash.Salted(Password, _salt, Iterations));

    public override string ToString() => "***";
}
