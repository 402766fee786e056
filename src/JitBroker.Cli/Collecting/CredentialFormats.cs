using System.Buffers;
using System.Text;
using System.Text.Json;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Collecting;

/// <summary>A credential as text for other programs, each in that program's own quoting.</summary>
internal static class CredentialFormats
{
    private static readonly SearchValues<char> NeedNoQuotes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,");

    internal static IReadOnlyList<string> Names { get; } = ["json", "env", "aws", "pgpass", "uri", "properties", "token"];

    /// <summary>The text, line break included. A format that the kind has no use for is a usage fault.</summary>
    internal static string Print(CredentialEnvelope envelope, string format) => (format, envelope.Open()) switch
    {
        ("env", _) => string.Concat(CredentialEnvironment.Of(envelope).Select(pair => $"export {pair.Key}={Shell(pair.Value)}\n")),
        ("aws", AwsStsCredential aws) => Process(aws),
        ("pgpass", PostgresCredential pg) => string.Join(':', new[] { pg.Host, $"{pg.Port}", pg.Database, pg.Username, pg.Password }.Select(PgPass)) + "\n",
        ("uri", PostgresCredential pg) => pg.Uri + "\n",
        ("uri", RabbitMqCredential rabbit) => rabbit.Uri + "\n",
        ("token", JwtCredential jwt) => jwt.Token + "\n",
        ("token", HttpCredential http) => http.Token + "\n",
        ("token", KafkaCredential { Token: { } token }) => token + "\n",
        ("properties", KafkaCredential { Password: not null } kafka) => Properties(kafka),
        (_, null) => throw CredentialEnvironment.Unknown(envelope),
        _ => throw new UsageFaultException($"A {envelope.Kind} credential has no '{format}' form. The credential that was minted for this goes unused and dies {InstantConverter.Text(envelope.ExpiresAt)}.", "use --format env or json"),
    };

    /// <summary>The fields as the API names them, for reading.</summary>
    internal static IEnumerable<(string Name, string Value)> Fields(CredentialEnvelope envelope) =>
        envelope.Credential.ValueKind is JsonValueKind.Object
            ? envelope.Credential.EnumerateObject().Select(member => (member.Name, member.Value.ValueKind is JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText()))
            : throw CredentialEnvironment.Unknown(envelope);

    // POSIX quoting: inside single quotes nothing is special but the single quote.
    private static string Shell(string value) => value.Length > 0 && !value.AsSpan().ContainsAnyExcept(NeedNoQuotes) ? value : $"'{value.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    // PostgreSQL's .pgpass: colon and backslash are escaped by a backslash.
    private static string PgPass(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);

    // AWS SDKs' credential_process, version 1.
    private static string Process(AwsStsCredential aws)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("Version", 1);
            writer.WriteString("AccessKeyId", aws.AccessKeyId);
            writer.WriteString("SecretAccessKey", aws.SecretAccessKey);
            writer.WriteString("SessionToken", aws.SessionToken);
            writer.WriteString("Expiration", InstantConverter.Text(aws.Expiration));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    // A Kafka client's properties file; JAAS quotes by backslash, and a properties file eats one level of them.
    private static string Properties(KafkaCredential kafka)
    {
        var login = $"org.apache.kafka.common.security.scram.ScramLoginModule required username=\"{Jaas(kafka.Username)}\" password=\"{Jaas(kafka.Password)}\";";
        return $"bootstrap.servers={kafka.BootstrapServers}\nsecurity.protocol={kafka.SecurityProtocol}\nsasl.mechanism={kafka.Mechanism}\nsasl.jaas.config={login.Replace("\\", "\\\\", StringComparison.Ordinal)}\n";
    }

    private static string? Jaas(string? value) => value?.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
