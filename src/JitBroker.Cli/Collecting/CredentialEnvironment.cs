using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Collecting;

/// <summary>A credential as the environment variables that its target's own tools read.</summary>
internal static class CredentialEnvironment
{
    /// <summary>Variables to set.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Of(CredentialEnvelope envelope) => envelope.Open() switch
    {
        JwtCredential jwt => Set(("JIT_ACCESS_TOKEN", jwt.Token)),
        HttpCredential http => Set(("JIT_ACCESS_TOKEN", http.Token)),
        PostgresCredential pg => Set(("PGHOST", pg.Host), ("PGPORT", Number(pg.Port)), ("PGDATABASE", pg.Database), ("PGUSER", pg.Username), ("PGPASSWORD", pg.Password)),
        AwsStsCredential aws => Set(("AWS_ACCESS_KEY_ID", aws.AccessKeyId), ("AWS_SECRET_ACCESS_KEY", aws.SecretAccessKey), ("AWS_SESSION_TOKEN", aws.SessionToken),
            ("AWS_REGION", aws.Region), ("AWS_DEFAULT_REGION", aws.Region), ("AWS_CREDENTIAL_EXPIRATION", InstantConverter.Text(aws.Expiration))),
        RabbitMqCredential rabbit => Set(("AMQP_URL", rabbit.Uri), ("AMQP_VHOST", rabbit.Vhost), ("AMQP_USERNAME", rabbit.Username), ("AMQP_PASSWORD", rabbit.Password)),
        KafkaCredential kafka => Set(("KAFKA_BOOTSTRAP_SERVERS", kafka.BootstrapServers), ("KAFKA_SECURITY_PROTOCOL", kafka.SecurityProtocol), ("KAFKA_SASL_MECHANISM", kafka.Mechanism),
            ("KAFKA_USERNAME", kafka.Username), ("KAFKA_PASSWORD", kafka.Password), ("KAFKA_TOKEN", kafka.Token)),
        _ => throw Unknown(envelope),
    };

    /// <summary>Inherited variables that must not reach the child: the broker's own session, and what would outweigh the credential.</summary>
    internal static IReadOnlyList<string> Cleared(string kind) => kind switch
    {
        CredentialKinds.AwsSts => ["JIT_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"],
        CredentialKinds.Postgres => ["JIT_TOKEN", "PGSERVICE", "PGPASSFILE", "PGHOSTADDR"],
        _ => ["JIT_TOKEN"],
    };

    internal static RefusedHereException Unknown(CredentialEnvelope envelope) =>
        new(Codes.InvalidValue, $"This jit does not know credentials of kind '{envelope.Kind}'.", $"jit creds {envelope.Grant} -o json shows it as it is");

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static IEnumerable<KeyValuePair<string, string>> Set(params (string Name, string? Value)[] variables) =>
        variables.Where(variable => variable.Value is not null).Select(variable => KeyValuePair.Create(variable.Name, variable.Value!));
}
