using System.Runtime.InteropServices;
using JitBroker.Cli.Collecting;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class CollectTests
{
    private static readonly JwtCredential Jwt = new("eyJ.s3cret.sig", "Bearer");
    private static readonly PostgresCredential Postgres = new("db.example", 5432, "orders", "jit_01k", "p'a:ss\\w", "postgresql://jit_01k:p%27a%3Ass%5Cw@db.example:5432/orders");
    private static readonly AwsStsCredential Aws = new("ASIA1", "sec/ret+1", "session==", JumpingClock.Start.AddHours(1), "eu-west-1");
    private static readonly RabbitMqCredential Rabbit = new("amqps://u:p@mq/v", "v", "u", "p");
    private static readonly KafkaCredential Kafka = new() { BootstrapServers = "k1:9093", SecurityProtocol = "SASL_SSL", Mechanism = "SCRAM-SHA-512", Username = "jit", Password = "a\"b" };

    private static async Task<Machine> HoldingAsync<T>(string kind, T credential)
    {
        var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.Add(Sample.Grant());
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/credentials", Say.Ok(Sample.Credential(kind, credential), 201));
        return machine;
    }

    [Fact]
    public async Task Creds_shows_the_fields_and_the_end()
    {
        await using var machine = await HoldingAsync("jwt", Jwt);

        var ran = await machine.RunAsync("creds", "orders-db:read");

        Assert.Equal("token      eyJ.s3cret.sig\ntokenType  Bearer\nexpires    in 15m (10:15)\n", ran.Out);
        var call = machine.Broker.CallsOf($"POST /v1/grants/{Sample.GrantId}/credentials").Single();
        Assert.False(call.Headers.ContainsKey("Idempotency-Key"));
        Assert.Equal(Machine.AskToken, call.Bearer);
    }

    [Theory]
    [InlineData("--format")]
    [InlineData("-o")]
    public async Task Creds_as_json_is_the_brokers_answer(string option)
    {
        await using var machine = await HoldingAsync("jwt", Jwt);

        Assert.Equal(Say.Ok(Sample.Credential("jwt", Jwt)).Body + "\n", (await machine.RunAsync("creds", "orders-db:read", option, "json")).Out);
    }

    public static TheoryData<string, string, string> Forms => new()
    {
        { "jwt", "env", "export JIT_ACCESS_TOKEN=eyJ.s3cret.sig\n" },
        { "jwt", "token", "eyJ.s3cret.sig\n" },
        { "postgres", "env", "export PGHOST=db.example\nexport PGPORT=5432\nexport PGDATABASE=orders\nexport PGUSER=jit_01k\nexport PGPASSWORD='p'\\''a:ss\\w'\n" },
        { "postgres", "uri", "postgresql://jit_01k:p%27a%3Ass%5Cw@db.example:5432/orders\n" },
        { "postgres", "pgpass", "db.example:5432:orders:jit_01k:p'a\\:ss\\\\w\n" },
        { "aws-sts", "aws", """{"Version":1,"AccessKeyId":"ASIA1","SecretAccessKey":"sec/ret\u002B1","SessionToken":"session==","Expiration":"2026-11-22T11:00:00.000Z"}""" + "\n" },
        { "rabbitmq", "uri", "amqps://u:p@mq/v\n" },
        { "rabbitmq", "env", "export AMQP_URL=amqps://u:p@mq/v\nexport AMQP_VHOST=v\nexport AMQP_USERNAME=u\nexport AMQP_PASSWORD=p\n" },
        { "kafka", "properties", "bootstrap.servers=k1:9093\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nsasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"jit\" password=\"a\\\\\"b\";\n" },
        { "kafka", "librdkafka", "bootstrap.servers=k1:9093\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nsasl.username=jit\nsasl.password=a\"b\n" },
        { "kafka", "kcat", "# kcat -F THIS_FILE -L\nbootstrap.servers=k1:9093\nsecurity.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-512\nsasl.username=jit\nsasl.password=a\"b\n" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Each_kind_is_written_as_its_own_tools_read_it(string kind, string format, string expected) => Assert.Equal(expected, CredentialForms.Write(Envelope(kind), format));

    [Theory]
    [InlineData("jwt", "pgpass")]
    [InlineData("postgres", "aws")]
    [InlineData("kafka", "uri")]
    public async Task A_form_that_a_kind_has_not_is_a_usage_fault(string kind, string format)
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.Add(Sample.Grant());
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/credentials", Say.Ok(Envelope(kind), 201));

        var ran = await machine.RunAsync("creds", Sample.GrantId, "--format", format);

        Assert.Equal((2, ""), (ran.Exit, ran.Out));
    }

    [Fact]
    public async Task A_live_grant_is_found_past_an_ending_one_of_the_same_entitlement()
    {
        await using var machine = await HoldingAsync("jwt", Jwt);
        machine.Broker.Grants.Insert(0, Sample.Grant("01KAM0ENDINGAAAAAAAAAAAAAA", state: GrantState.Ending));

        Assert.Equal(0, (await machine.RunAsync("creds", "orders-db:read")).Exit);
    }

    [Fact]
    public async Task Another_persons_grant_is_not_found()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.Add(Sample.Grant() with { Holder = Sample.Cy });

        var ran = await machine.RunAsync("creds", "orders-db:read");

        Assert.Equal((1, Codes.NotFound), (ran.Exit, ran.Code));
        Assert.Contains("jit request orders-db:read asks", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_grant_that_has_ended_says_so()
    {
        await using var machine = await HoldingAsync("jwt", Jwt);
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/credentials", Say.No(Codes.GrantEnded, "This grant ended at 10:58."));

        var ran = await machine.RunAsync("creds", Sample.GrantId);

        Assert.StartsWith("grant_ended  This grant ended at 10:58.\n", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exec_gives_the_child_the_credential_and_returns_its_exit_code()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The child is a shell.");
        await using var machine = await HoldingAsync("jwt", Jwt);
        var file = Path.Combine(machine.Folder, "said");

        var ran = await machine.RunAsync("exec", "orders-db:read", "--", "sh", "-c", $"printf '%s|%s|%s' \"$JIT_ACCESS_TOKEN\" \"$JIT_GRANT\" \"$JIT_EXPIRES_AT\" > {file}; exit 7");

        Assert.Equal(7, ran.Exit);
        Assert.Equal($"eyJ.s3cret.sig|{Sample.GrantId}|2026-11-22T10:15:00.000Z", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        Assert.Empty(ran.Out + ran.Err);
    }

    [Theory]
    [InlineData("postgres", "PGHOST=db.example PGPORT=5432 PGDATABASE=orders PGUSER=jit_01k PGPASSWORD=p'a:ss\\w")]
    [InlineData("aws-sts", "AWS_ACCESS_KEY_ID=ASIA1 AWS_SECRET_ACCESS_KEY=sec/ret+1 AWS_SESSION_TOKEN=session== AWS_REGION=eu-west-1")]
    [InlineData("rabbitmq", "AMQP_URL=amqps://u:p@mq/v")]
    [InlineData("kafka", "KAFKA_BOOTSTRAP_SERVERS=k1:9093 KAFKA_SECURITY_PROTOCOL=SASL_SSL KAFKA_SASL_MECHANISM=SCRAM-SHA-512 KAFKA_USERNAME=jit")]
    public async Task Exec_sets_what_each_kinds_tools_read(string kind, string expected)
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Grants.Add(Sample.Grant());
        machine.Broker.On($"POST /v1/grants/{Sample.GrantId}/credentials", Say.Ok(Envelope(kind), 201));
        var onlooker = new Onlooker();
        machine.Children = onlooker;

        await machine.RunAsync("exec", "orders-db:read", "--", "tool", "-c", "x", "--", "-y");

        Assert.All(expected.Split(' '), pair => Assert.Equal(pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..], onlooker.Child!.Environment[pair[..pair.IndexOf('=', StringComparison.Ordinal)]]));
        Assert.Equal(["-c", "x", "--", "-y"], onlooker.Child!.Arguments);
        Assert.Contains("JIT_TOKEN", onlooker.Child.Cleared);
    }

    [Fact]
    public async Task Exec_of_a_command_that_is_not_there_mints_nothing()
    {
        await using var machine = await HoldingAsync("jwt", Jwt);

        Assert.Equal(127, (await machine.RunAsync("exec", "orders-db:read", "--", "no-such-command-anywhere")).Exit);
        Assert.Empty(machine.Broker.Calls);
    }

    [Fact]
    public async Task Exec_hands_SIGTERM_to_the_child()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The child is a shell.");
        await using var machine = await HoldingAsync("jwt", Jwt);
        var ready = Path.Combine(machine.Folder, "ready");
        var running = machine.RunAsync("exec", "orders-db:read", "--", "sh", "-c", $"trap 'exit 42' TERM; : > {ready}; n=0; while [ $n -lt 600 ]; do sleep 0.05; n=$((n+1)); done");
        await Eventually.TrueAsync(() => Task.FromResult(File.Exists(ready) || running.IsCompleted));

        machine.Interrupts.Raise(PosixSignal.SIGTERM);

        Assert.Equal(42, (await running).Exit);
        Assert.False(machine.Interrupts.Token.IsCancellationRequested);
    }

    private static CredentialEnvelope Envelope(string kind) => kind switch
    {
        "jwt" => Sample.Credential(kind, Jwt),
        "postgres" => Sample.Credential(kind, Postgres),
        "aws-sts" => Sample.Credential(kind, Aws),
        "rabbitmq" => Sample.Credential(kind, Rabbit),
        "kafka" => Sample.Credential(kind, Kafka),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private sealed class Onlooker : IChildRunner
    {
        public Child? Child { get; private set; }

        public bool Exists(string command, string? path, string workingDirectory) => true;

        public Task<int> RunAsync(Child child, Interrupts interrupts)
        {
            Child = child;
            return Task.FromResult(0);
        }
    }
}
