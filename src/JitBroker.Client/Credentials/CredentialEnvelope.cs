using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace JitBroker.Client;

/// <summary>
/// The one answer that holds a secret. <see cref="Kind"/> names the issuer's kind (<c>jwt</c>, <c>postgres</c>, <c>aws-sts</c>, <c>rabbitmq</c>, <c>kafka</c>,
/// <c>http</c>) and so the shape of <see cref="Credential"/>. Its text form never shows the secret.
/// </summary>
public sealed record CredentialEnvelope
{
    /// <summary>The new lease's id.</summary>
    public required string Lease { get; init; }

    /// <summary>The grant's id.</summary>
    public required string Grant { get; init; }

    /// <summary>The issuer's kind.</summary>
    public required string Kind { get; init; }

    /// <summary>When the credential dies by itself.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>The secret material, in the shape of its kind.</summary>
    public required JsonElement Credential { get; init; }

    /// <summary>The credential as the record of its kind; null when this build does not know the kind.</summary>
    /// <exception cref="JsonException">The credential lacks what its kind promises.</exception>
    public object? Open() => Kind switch
    {
        CredentialKinds.Jwt => As(Wire.Type<JwtCredential>()),
        CredentialKinds.Postgres => As(Wire.Type<PostgresCredential>()),
        CredentialKinds.AwsSts => As(Wire.Type<AwsStsCredential>()),
        CredentialKinds.RabbitMq => As(Wire.Type<RabbitMqCredential>()),
        CredentialKinds.Kafka => As(Wire.Type<KafkaCredential>()),
        CredentialKinds.Http => As(Wire.Type<HttpCredential>()),
        _ => null,
    };

    /// <inheritdoc/>
    public override string ToString() => $"CredentialEnvelope {{ Lease = {Lease}, Kind = {Kind}, Credential = *** }}";

    private T As<T>(JsonTypeInfo<T> type) => Credential.Deserialize(type) ?? throw new JsonException($"The {Kind} credential is null.");
}

/// <summary>The kinds whose credentials this build can read.</summary>
public static class CredentialKinds
{
    /// <summary><see cref="JwtCredential"/>.</summary>
    public const string Jwt = "jwt";

    /// <summary><see cref="PostgresCredential"/>.</summary>
    public const string Postgres = "postgres";

    /// <summary><see cref="AwsStsCredential"/>.</summary>
    public const string AwsSts = "aws-sts";

    /// <summary><see cref="RabbitMqCredential"/>.</summary>
    public const string RabbitMq = "rabbitmq";

    /// <summary><see cref="KafkaCredential"/>.</summary>
    public const string Kafka = "kafka";

    /// <summary><see cref="HttpCredential"/>.</summary>
    public const string Http = "http";
}
