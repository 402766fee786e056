using System.Buffers;
using System.Text;
using System.Text.Json;

namespace JitBroker.Client;

/// <summary>A credential as text for other programs, each in that program's own quoting. <c>json</c> is the API's own answer and is not written here.</summary>
public static class CredentialForms
{
    /// <summary>The API's own answer.</summary>
    public const string Json = "json";

    /// <summary>Lines for a shell: <c>export NAME=value</c>.</summary>
    public const string Env = "env";

    /// <summary>AWS SDKs' <c>credential_process</c>, version 1.</summary>
    public const string Aws = "aws";

    /// <summary>A profile <c>[jit]</c> of AWS's credentials file.</summary>
    public const string Ini = "ini";

    /// <summary>A line of PostgreSQL's <c>.pgpass</c>.</summary>
    public const string PgPass = "pgpass";

    /// <summary>A connection URI.</summary>
    public const string Uri = "uri";

    /// <summary>A Java properties file: of a Kafka client, or of a JDBC connection.</summary>
    public const string Properties = "properties";

    /// <summary>Lines <c>name=value</c>, as clients on librdkafka (Python, Go, .NET, C) are configured.</summary>
    public const string Librdkafka = "librdkafka";

    /// <summary>A file for <c>kcat -F</c>.</summary>
    public const string Kcat = "kcat";

    /// <summary>The token alone.</summary>
    public const string Token = "token";

    /// <summary>Every form there is.</summary>
    public static IReadOnlyList<string> All { get; } = [Json, Env, Aws, Ini, PgPass, Uri, Properties, Librdkafka, Kcat, Token];

    /// <summary>The forms that credentials of a kind have. A Kafka login has either files for its clients or <c>token</c>, which only the credential tells.</summary>
    public static IReadOnlyList<string> Of(string kind) => kind switch
    {
        CredentialKinds.Jwt or CredentialKinds.Http => [Json, Env, Token],
        CredentialKinds.Postgres => [Json, Env, PgPass, Uri, Properties],
        CredentialKinds.AwsSts => [Json, Env, Aws, Ini],
        CredentialKinds.RabbitMq => [Json, Env, Uri],
        CredentialKinds.Kafka => [Json, Env, Properties, Librdkafka, Kcat, Token],
        _ => [Json],
    };

    /// <summary>The forms that this credential has.</summary>
    public static IReadOnlyList<string> Of(CredentialEnvelope envelope) => envelope.Open() is KafkaCredential kafka
        ? [.. Of(envelope.Kind).Where(form => form is not (Properties or Librdkafka or Kcat or Token) || (form == Token) == (kafka.Token is not null))]
        : Of(envelope.Kind);

    /// <summary>The text, line break included; null when the credential has no such form.</summary>
    /// <exception cref="CredentialFormException">A value cannot be written in this form.</exception>
    public static string? Write(CredentialEnvelope envelope, string form) => (form, envelope.Open()) switch
    {
        (Env, not null) => string.Concat(CredentialVariables.Of(envelope)!.Select(pair => $"export {pair.Key}={Quoting.Shell(pair.Value)}\n")),
        (Aws, AwsStsCredential aws) => Process(aws),
        (Ini, AwsStsCredential aws) => Profile(aws),
        (PgPass, PostgresCredential pg) => string.Join(':', new[] { pg.Host, $"{pg.Port}", pg.Database, pg.Username, pg.Password }.Select(Quoting.PgPass)) + "\n",
        (Uri, PostgresCredential pg) => ConnectionUris.Of(pg) + "\n",
        (Uri, RabbitMqCredential rabbit) => ConnectionUris.Of(rabbit) + "\n",
        (Token, JwtCredential jwt) => jwt.Token + "\n",
        (Token, HttpCredential http) => http.Token + "\n",
        (Token, KafkaCredential { Token: { } token }) => token + "\n",
        (Properties, KafkaCredential { Password: not null } kafka) => Scram(kafka),
        (Librdkafka, KafkaCredential { Password: not null } kafka) => Native(kafka),
        (Kcat, KafkaCredential { Password: not null } kafka) => "# kcat -F THIS_FILE -L\n" + Native(kafka),
        (Properties, PostgresCredential pg) => Jdbc(pg),
        _ => null,
    };

    /// <summary><c>psql</c> with everything but the password, which it asks for: nothing secret stands in a command line.</summary>
    public static string Psql(PostgresCredential pg)
    {
        var parts = new (string Name, string Value)[] { ("host", pg.Host), ("port", $"{pg.Port}"), ("dbname", pg.Database), ("user", pg.Username) };
        var ssl = ConnectionUris.Options(pg).Where(option => option.Name == "sslmode");
        return "psql " + Quoting.Shell(string.Join(' ', parts.Concat(ssl).Select(part => $"{part.Name}={Quoting.ConnInfo(part.Value)}")));
    }

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

    private static string Profile(AwsStsCredential aws)
    {
        var region = aws.Region is null ? "" : $"region = {Quoting.Ini(aws.Region)}\n";
        return $"[jit]\naws_access_key_id = {Quoting.Ini(aws.AccessKeyId)}\naws_secret_access_key = {Quoting.Ini(aws.SecretAccessKey)}\naws_session_token = {Quoting.Ini(aws.SessionToken)}\n{region}";
    }

    private static string Scram(KafkaCredential kafka)
    {
        var login = $"org.apache.kafka.common.security.scram.ScramLoginModule required username={Quoting.Jaas(kafka.Username ?? "")} password={Quoting.Jaas(kafka.Password!)};";
        return Lines(("bootstrap.servers", kafka.BootstrapServers), ("security.protocol", kafka.SecurityProtocol), ("sasl.mechanism", kafka.Mechanism), ("sasl.jaas.config", login));
    }

    private static string Native(KafkaCredential kafka)
    {
        var pairs = new (string Name, string Value)[]
        {
            ("bootstrap.servers", kafka.BootstrapServers), ("security.protocol", kafka.SecurityProtocol), ("sasl.mechanism", kafka.Mechanism),
            ("sasl.username", kafka.Username ?? ""), ("sasl.password", kafka.Password!),
        };
        return string.Concat(pairs.Select(pair => $"{pair.Name}={Quoting.Plain(pair.Value, "a file of a Kafka client")}\n"));
    }

    private static string Jdbc(PostgresCredential pg)
    {
        // What stands before the @ is encoded, so the first one ends it.
        var uri = ConnectionUris.Of(pg);
        return Lines(("url", "jdbc:postgresql://" + uri[(uri.IndexOf('@', StringComparison.Ordinal) + 1)..]), ("user", pg.Username), ("password", pg.Password));
    }

    private static string Lines(params (string Name, string Value)[] pairs) => string.Concat(pairs.Select(pair => $"{pair.Name}={Quoting.Properties(pair.Value)}\n"));
}
