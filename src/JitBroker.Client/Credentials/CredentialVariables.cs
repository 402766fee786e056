using System.Globalization;

namespace JitBroker.Client;

/// <summary>A credential as the environment variables that its target's own tools read.</summary>
public static class CredentialVariables
{
    private static readonly string[] Ours = ["JIT_TOKEN", "JIT_ACCESS_TOKEN"];

    // libpq's variables for options that a URI may carry.
    private static readonly Dictionary<string, string> PgOptions = new(StringComparer.Ordinal)
    {
        ["sslmode"] = "PGSSLMODE", ["sslrootcert"] = "PGSSLROOTCERT", ["channel_binding"] = "PGCHANNELBINDING", ["gssencmode"] = "PGGSSENCMODE", ["require_auth"] = "PGREQUIREAUTH",
        ["target_session_attrs"] = "PGTARGETSESSIONATTRS", ["connect_timeout"] = "PGCONNECT_TIMEOUT",
    };

    /// <summary>Variables to set; null when this build does not know the kind.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>>? Of(CredentialEnvelope envelope) => envelope.Open() switch
    {
        JwtCredential jwt => Set(("JIT_ACCESS_TOKEN", jwt.Token)),
        HttpCredential http => Set(("JIT_ACCESS_TOKEN", http.Token)),
        PostgresCredential pg => Postgres(pg),
        AwsStsCredential aws => Set(
            ("AWS_ACCESS_KEY_ID", aws.AccessKeyId), ("AWS_SECRET_ACCESS_KEY", aws.SecretAccessKey), ("AWS_SESSION_TOKEN", aws.SessionToken),
            ("AWS_REGION", aws.Region), ("AWS_DEFAULT_REGION", aws.Region), ("AWS_CREDENTIAL_EXPIRATION", InstantConverter.Text(aws.Expiration))),
        RabbitMqCredential rabbit => Set(("AMQP_URL", ConnectionUris.Of(rabbit)), ("AMQP_VHOST", rabbit.Vhost), ("AMQP_USERNAME", rabbit.Username), ("AMQP_PASSWORD", rabbit.Password)),
        KafkaCredential kafka => Set(
            ("KAFKA_BOOTSTRAP_SERVERS", kafka.BootstrapServers), ("KAFKA_SECURITY_PROTOCOL", kafka.SecurityProtocol), ("KAFKA_SASL_MECHANISM", kafka.Mechanism),
            ("KAFKA_USERNAME", kafka.Username), ("KAFKA_PASSWORD", kafka.Password), ("KAFKA_TOKEN", kafka.Token)),
        _ => null,
    };

    /// <summary>Inherited variables that must not reach a command: the broker's own session, and what would outweigh the credential or mix with it.</summary>
    public static IReadOnlyList<string> Conflicting(string kind) => kind switch
    {
        CredentialKinds.Postgres => [.. Ours, "PGSERVICE", "PGSERVICEFILE", "PGPASSFILE", "PGHOSTADDR", "PGREQUIREPEER", "PGSSLCERT", "PGSSLKEY", "PGOPTIONS"],
        CredentialKinds.AwsSts =>
        [
            .. Ours, "AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        ],
        CredentialKinds.Kafka => [.. Ours, "KAFKA_USERNAME", "KAFKA_PASSWORD", "KAFKA_TOKEN"],
        _ => Ours,
    };

    private static List<KeyValuePair<string, string>> Postgres(PostgresCredential pg)
    {
        var options = ConnectionUris.Options(pg).Where(option => PgOptions.ContainsKey(option.Name)).DistinctBy(option => option.Name).Select(option => (PgOptions[option.Name], (string?)option.Value));
        return Set([
            ("PGHOST", pg.Host), ("PGPORT", pg.Port.ToString(CultureInfo.InvariantCulture)), ("PGDATABASE", pg.Database), ("PGUSER", pg.Username), ("PGPASSWORD", pg.Password), .. options,
        ]);
    }

    private static List<KeyValuePair<string, string>> Set(params (string Name, string? Value)[] variables) =>
        [.. variables.Where(variable => variable.Value is not null).Select(variable => KeyValuePair.Create(variable.Name, variable.Value!))];
}
