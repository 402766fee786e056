using System.Text.Json.Serialization;

namespace JitBroker.Client;

// A record prints its members; these print nothing, so that no log line can hold a secret by accident.

/// <summary>A signed token. <paramref name="TokenType"/> is <c>Bearer</c>.</summary>
public sealed record JwtCredential(string Token, string TokenType)
{
    /// <inheritdoc/>
    public override string ToString() => "JwtCredential ***";
}

/// <summary>A PostgreSQL login role. <paramref name="Uri"/> says all of it in one line, percent-encoded.</summary>
public sealed record PostgresCredential(string Host, int Port, string Database, string Username, string Password, string Uri)
{
    /// <inheritdoc/>
    public override string ToString() => "PostgresCredential ***";
}

/// <summary>An AWS STS session.</summary>
public sealed record AwsStsCredential(string AccessKeyId, string SecretAccessKey, string SessionToken, DateTimeOffset Expiration, string? Region)
{
    /// <inheritdoc/>
    public override string ToString() => "AwsStsCredential ***";
}

/// <summary>A RabbitMQ user, or a token as its password.</summary>
public sealed record RabbitMqCredential(string Uri, string Vhost, string Username, string Password)
{
    /// <inheritdoc/>
    public override string ToString() => "RabbitMqCredential ***";
}

/// <summary>A Kafka login: user and password for SCRAM, or a token for OAUTHBEARER; what is not there is left out.</summary>
public sealed record KafkaCredential
{
    /// <summary>Comma-separated <c>host:port</c>.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary><c>SASL_SSL</c> or <c>SASL_PLAINTEXT</c>.</summary>
    public required string SecurityProtocol { get; init; }

    /// <summary><c>SCRAM-SHA-256</c>, <c>SCRAM-SHA-512</c> or <c>OAUTHBEARER</c>.</summary>
    public required string Mechanism { get; init; }

    /// <summary>The user: with a token, the principal that it is for. Consumer groups of one's own begin with it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Username { get; init; }

    /// <summary>The password, or null with a token.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Password { get; init; }

    /// <summary>The token, or null with a password.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    /// <inheritdoc/>
    public override string ToString() => "KafkaCredential ***";
}

/// <summary>A token for a door guarded by <c>/authz</c>.</summary>
public sealed record HttpCredential(string Token)
{
    /// <inheritdoc/>
    public override string ToString() => "HttpCredential ***";
}
