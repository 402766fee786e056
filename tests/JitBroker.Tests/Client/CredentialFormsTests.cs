using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Client;
using JitBroker.Tests.Cli;

namespace JitBroker.Tests.Client;

/// <summary>Credentials as text for other programs: whatever the values are, the program reads back the same values, or nothing is written at all.</summary>
public sealed class CredentialFormsTests
{
    private const string Nasty = "aZ0_-. :;,\\'\"`$&|<>(){}[]*?!#~=%+@/^\t\n\r\u0001é…😀";

    /// <summary>Text of characters that some format gives a meaning to.</summary>
    private static readonly Gen<string> Hostile = Gen.Choose(0, Nasty.EnumerateRunes().Count() - 1)
        .Select(i => Nasty.EnumerateRunes().ElementAt(i).ToString()).ArrayOf().Select(string.Concat);

    private static PostgresCredential Pg(string database, string user, string password, string uri = "") => new("db.example", 5432, database, user, password, uri);

    private static void Each(Func<string, string, string, bool> holds) =>
        Prop.ForAll(Hostile.ToArbitrary(), Hostile.ToArbitrary(), Hostile.ToArbitrary(), holds).QuickCheckThrowOnFailure();

    [Fact]
    public void A_line_of_pgpass_reads_back_as_libpq_reads_it() => Each((database, user, password) =>
    {
        try
        {
            var line = CredentialForms.Write(Sample.Credential("postgres", Pg(database, user, password)), CredentialForms.PgPass)!;
            return line.EndsWith('\n') && ReadPgPass(line[..^1]).SequenceEqual(["db.example", "5432", database, user, password]);
        }
        catch (CredentialFormException)
        {
            return (database + user + password).AsSpan().ContainsAny("\n\r\0");
        }
    });

    [Theory]
    [InlineData("*", "\\*")]
    [InlineData("#x", "\\#x")]
    [InlineData("a:b\\c", "a\\:b\\\\c")]
    public void What_pgpass_gives_a_meaning_to_is_escaped(string database, string expected) =>
        Assert.Equal($"db.example:5432:{expected}:u:p\n", CredentialForms.Write(Sample.Credential("postgres", Pg(database, "u", "p")), CredentialForms.PgPass));

    [Fact]
    public void A_uri_is_percent_encoded_in_every_part() => Each((database, user, password) =>
    {
        var uri = CredentialForms.Write(Sample.Credential("postgres", Pg(database, user, password, "postgresql://" + user + ":" + password)), CredentialForms.Uri)!.TrimEnd('\n');
        var (userinfo, rest) = (uri["postgresql://".Length..uri.IndexOf('@', StringComparison.Ordinal)].Split(':'), uri[(uri.IndexOf('@', StringComparison.Ordinal) + 1)..]);
        return uri.All(c => c is > ' ' and <= '~') && userinfo.Length == 2 && Uri.UnescapeDataString(userinfo[0]) == user && Uri.UnescapeDataString(userinfo[1]) == password
            && rest.StartsWith("db.example:5432/", StringComparison.Ordinal) && Uri.UnescapeDataString(rest["db.example:5432/".Length..]) == database && !rest["db.example:5432/".Length..].Contains('/', StringComparison.Ordinal);
    });

    [Fact]
    public void The_issuers_own_uri_is_kept_with_its_options_when_it_says_the_same()
    {
        const string own = "postgresql://u%3A1:p%40@db.example/orders?sslmode=verify-full&target_session_attrs=any";
        var envelope = Sample.Credential("postgres", Pg("orders", "u:1", "p@", own));

        Assert.Equal(own + "\n", CredentialForms.Write(envelope, CredentialForms.Uri));
        Assert.Equal("verify-full", CredentialVariables.Of(envelope)!.Single(v => v.Key == "PGSSLMODE").Value);
        Assert.Contains("url=jdbc:postgresql://db.example/orders?sslmode=verify-full", CredentialForms.Write(envelope, CredentialForms.Properties), StringComparison.Ordinal);
        Assert.Contains("sslmode=verify-full", CredentialForms.Psql((PostgresCredential)envelope.Open()!), StringComparison.Ordinal);
        var other = Sample.Credential("postgres", Pg("orders", "u:1", "p@", own.Replace("p%40", "q", StringComparison.Ordinal)));
        Assert.Equal("postgresql://u%3A1:p%40@db.example:5432/orders\n", CredentialForms.Write(other, CredentialForms.Uri));
    }

    [Theory]
    [InlineData("::1", "postgresql://u:p@[::1]:5432/d\n")]
    [InlineData("/run/pg", "postgresql://u:p@%2Frun%2Fpg:5432/d\n")]
    public void A_host_that_is_no_name_stands_right_in_a_uri(string host, string expected) =>
        Assert.Equal(expected, CredentialForms.Write(Sample.Credential("postgres", new PostgresCredential(host, 5432, "d", "u", "p", "")), CredentialForms.Uri));

    [Fact]
    public void An_amqp_uri_is_encoded_anew_and_one_that_names_no_broker_is_refused()
    {
        Each((vhost, user, password) =>
        {
            var uri = CredentialForms.Write(Sample.Credential("rabbitmq", new RabbitMqCredential("amqps://x:y@mq.example:5671/z?heartbeat=5", vhost, user, password)), CredentialForms.Uri);
            return uri == $"amqps://{Uri.EscapeDataString(user)}:{Uri.EscapeDataString(password)}@mq.example:5671/{Uri.EscapeDataString(vhost)}?heartbeat=5\n";
        });
        Assert.Throws<CredentialFormException>(() => CredentialForms.Write(Sample.Credential("rabbitmq", new RabbitMqCredential("nonsense", "v", "u", "p")), CredentialForms.Uri));
    }

    [Fact]
    public void Java_properties_and_the_JAAS_line_in_them_read_back() => Each((servers, user, password) =>
    {
        var kafka = new KafkaCredential { BootstrapServers = servers, SecurityProtocol = "SASL_SSL", Mechanism = "SCRAM-SHA-512", Username = user, Password = password };
        var text = CredentialForms.Write(Sample.Credential("kafka", kafka), CredentialForms.Properties)!;
        var read = ReadProperties(text);
        var jaas = read["sasl.jaas.config"];
        return text.All(char.IsAscii) && read["bootstrap.servers"] == servers && jaas.EndsWith(';') && ReadQuoted(jaas).SequenceEqual([user, password]);
    });

    [Fact]
    public void A_file_of_a_client_on_librdkafka_reads_back_or_is_refused() => Each((servers, user, password) =>
    {
        try
        {
            var kafka = new KafkaCredential { BootstrapServers = servers, SecurityProtocol = "SASL_SSL", Mechanism = "SCRAM-SHA-512", Username = user, Password = password };
            var lines = CredentialForms.Write(Sample.Credential("kafka", kafka), CredentialForms.Kcat)!.Split('\n').Where(l => l.Length > 0 && l[0] != '#').Select(l => l.Trim().Split('=', 2)).ToDictionary(l => l[0], l => l[1], StringComparer.Ordinal);
            return lines["bootstrap.servers"] == servers && lines["sasl.username"] == user && lines["sasl.password"] == password;
        }
        catch (CredentialFormException)
        {
            return new[] { servers, user, password }.Any(v => v.Length == 0 || v != v.Trim() || v.Any(char.IsControl));
        }
    });

    [Fact]
    public void Jdbc_properties_read_back() => Each((database, user, password) =>
    {
        var read = ReadProperties(CredentialForms.Write(Sample.Credential("postgres", Pg(database, user, password)), CredentialForms.Properties)!);
        return read["user"] == user && read["password"] == password && read["url"] == "jdbc:postgresql://db.example:5432/" + Uri.EscapeDataString(database);
    });

    [Fact]
    public void A_profile_of_the_AWS_credentials_file_reads_back_or_is_refused() => Each((key, secret, session) =>
    {
        try
        {
            var text = CredentialForms.Write(Sample.Credential("aws-sts", new AwsStsCredential(key, secret, session, DateTimeOffset.UnixEpoch, null)), CredentialForms.Ini)!;
            var values = text.Split('\n').Skip(1).Where(l => l.Length > 0).Select(l => l[(l.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim());
            return values.SequenceEqual([key, secret, session]);
        }
        catch (CredentialFormException)
        {
            return new[] { key, secret, session }.Any(v => v != v.Trim() || v.AsSpan().ContainsAny("\n\r\t\0") || v.Contains(" #", StringComparison.Ordinal) || v.Contains(" ;", StringComparison.Ordinal));
        }
    });

    [Fact]
    public void The_output_for_credential_process_is_json_whatever_the_values_are() => Each((key, secret, session) =>
    {
        using var json = JsonDocument.Parse(CredentialForms.Write(Sample.Credential("aws-sts", new AwsStsCredential(key, secret, session, DateTimeOffset.UnixEpoch, null)), CredentialForms.Aws)!);
        return json.RootElement.GetProperty("Version").GetInt32() == 1 && json.RootElement.GetProperty("AccessKeyId").GetString() == key
            && json.RootElement.GetProperty("SecretAccessKey").GetString() == secret && json.RootElement.GetProperty("SessionToken").GetString() == session;
    });

    [Fact]
    public async Task A_real_shell_reads_the_same_values_and_runs_none_of_them()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no POSIX shell.");
        var values = Hostile.Sample(200).Append("'; echo pwned; '").Append("$(echo pwned)").Append("`echo pwned`").Append("-n").Append("").ToList();
        var script = new StringBuilder();
        foreach (var value in values)
            script.Append(CredentialForms.Write(Sample.Credential("http", new HttpCredential(value)), CredentialForms.Env)).Append("printf '%s\\0' \"$JIT_ACCESS_TOKEN\"\n");
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-s"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, StandardOutputEncoding = new UTF8Encoding(false), StandardInputEncoding = new UTF8Encoding(false) })!;
        var said = shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.StandardInput.WriteAsync(script.ToString());
        shell.StandardInput.Close();

        Assert.Equal(values, (await said).Split('\0')[..^1]);
    }

    [Fact]
    public async Task A_real_shell_hands_psql_its_connection_as_one_word()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no POSIX shell.");
        var command = CredentialForms.Psql(Pg("o'r d\\ers", "u$er", "never here"));
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "psql() { printf '%s|%s' \"$#\" \"$1\"; }; " + command]) { UseShellExecute = false, RedirectStandardOutput = true })!;

        Assert.Equal("1|host=db.example port=5432 dbname='o\\'r d\\\\ers' user='u$er'", await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain("never here", command, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_form_that_a_kind_promises_is_written_and_no_other()
    {
        var kafka = new KafkaCredential { BootstrapServers = "k", SecurityProtocol = "SASL_SSL", Mechanism = "SCRAM-SHA-512", Username = "u", Password = "p" };
        CredentialEnvelope[] envelopes =
        [
            Sample.Credential("jwt", new JwtCredential("t", "Bearer")), Sample.Credential("http", new HttpCredential("t")), Sample.Credential("postgres", Pg("d", "u", "p")),
            Sample.Credential("aws-sts", new AwsStsCredential("a", "b", "c", DateTimeOffset.UnixEpoch, "eu-west-1")), Sample.Credential("rabbitmq", new RabbitMqCredential("amqp://u:p@mq/v", "v", "u", "p")),
            Sample.Credential("kafka", kafka), Sample.Credential("kafka", kafka with { Mechanism = "OAUTHBEARER", Username = null, Password = null, Token = "t" }), Sample.Credential("tomorrow", new HttpCredential("t")),
        ];

        Assert.All(envelopes, e => Assert.All(CredentialForms.All.Where(f => f != CredentialForms.Json), f => Assert.Equal(CredentialForms.Of(e).Contains(f), CredentialForms.Write(e, f) is not null)));
        Assert.All(envelopes, e => Assert.Subset(CredentialForms.Of(e.Kind).ToHashSet(StringComparer.Ordinal), CredentialForms.Of(e).ToHashSet(StringComparer.Ordinal)));
    }

    /// <summary>libpq, fe-connect.c: fields end at an unescaped colon; a backslash takes the meaning of what follows; an asterisk alone matches anything.</summary>
    private static List<string> ReadPgPass(string line)
    {
        Assert.False(line.StartsWith('#'));
        var (fields, field) = (new List<string>(), new StringBuilder());
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == ':' && fields.Count < 4)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                Assert.False(line[i] == '*' && field.Length == 0 && (i + 1 == line.Length || line[i + 1] == ':') && fields.Count < 4);
                i += line[i] == '\\' && i + 1 < line.Length ? 1 : 0;
                field.Append(line[i]);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }

    /// <summary>java.util.Properties.load.</summary>
    private static Dictionary<string, string> ReadProperties(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
    {
        var at = line.IndexOf('=', StringComparison.Ordinal);
        var (raw, value) = (line[(at + 1)..].TrimStart(' ', '\t', '\f'), new StringBuilder());
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                value.Append(raw[i]);
                continue;
            }

            i++;
            if (raw[i] == 'u')
            {
                value.Append((char)int.Parse(raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                value.Append(raw[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'f' => '\f', var c => c });
            }
        }

        return (Key: line[..at], Value: value.ToString());
    }).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);

    /// <summary>The quoted strings as java.io.StreamTokenizer reads them.</summary>
    private static List<string> ReadQuoted(string text)
    {
        var all = new List<string>();
        for (var i = text.IndexOf('"', StringComparison.Ordinal); i >= 0 && i < text.Length; i = text.IndexOf('"', i + 1))
        {
            var one = new StringBuilder();
            for (i++; text[i] != '"'; i++)
            {
                Assert.NotEqual('\n', text[i]);
                Assert.NotEqual('\r', text[i]);
                if (text[i] == '\\')
                    one.Append(text[++i] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', var c when char.IsAsciiDigit(c) => throw new InvalidOperationException("An octal escape."), var c => c });
                else
                    one.Append(text[i]);
            }

            all.Add(one.ToString());
        }

        return all;
    }
}
