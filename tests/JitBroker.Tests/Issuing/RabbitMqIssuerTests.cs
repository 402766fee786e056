using System.Text.Json.Nodes;
using JitBroker.Issuers.RabbitMq;
using JitBroker.Issuing;
using JitBroker.Tests.Storage;
using RabbitMQ.Client;

namespace JitBroker.Tests.Issuing;

/// <summary>What stands at a real RabbitMQ after a mint, what keeps one from being made, and ends that meet trouble.</summary>
public sealed class RabbitMqIssuerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void The_hash_is_the_servers_own()
    {
        // RabbitMQ's documentation of password hashing: this salt, the password test12.
        Assert.Equal("kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR", PasswordHash.Of("test12", [0x90, 0x8d, 0xc6, 0x0a]));
        Assert.Equal("***", PasswordHash.New().ToString());
        Assert.Equal(43, PasswordHash.New().Password.Length);
    }

    [Fact]
    public async Task A_user_has_its_rights_its_limit_its_mark_and_nothing_else()
    {
        var bench = await RabbitMqBench.GetAsync();
        var order = bench.Order();
        var lease = await bench.MintAsync(order);

        var user = (await bench.Server.AdminAsync(HttpMethod.Get, $"users/{lease.User}"))!;
        Assert.Equal($"jit-{order.LeaseId.ToLowerInvariant()}-ana-diaz", lease.User);
        Assert.Equal("""["jitbroker"]""", user["tags"]!.ToJsonString());
        Assert.Equal("""{"max-connections":2}""", user["limits"]!.ToJsonString());
        var right = Assert.Single((await bench.Server.AdminAsync(HttpMethod.Get, $"users/{lease.User}/permissions"))!.AsArray())!;
        Assert.Equal(("/", "^$", "^$", "^orders$"), ((string)right["vhost"]!, (string)right["configure"]!, (string)right["write"]!, (string)right["read"]!));
        Assert.Equal($"amqp://{lease.User}:{lease.Credential.Reveal()["password"]}@127.0.0.1:{bench.Server.AmqpPort}/%2F", (string)lease.Credential.Reveal()["uri"]!);
        Assert.True(await RabbitMqBench.MayReadAsync(lease.Credential));
        Assert.False(await RabbitMqBench.MayPublishAsync(lease.Credential, "", "orders"));
        Assert.False(await RabbitMqBench.MayAsync(lease.Credential, c => c.QueueDeclareAsync("jit-of-my-own")));
        await using (await RabbitMqBench.ConnectAsync(lease.Credential))
        await using (await RabbitMqBench.ConnectAsync(lease.Credential))
            await Eventually.TrueAsync(async () => await bench.Server.ConnectionsAsync(lease.User) == 2 && !await RabbitMqBench.MayReadAsync(lease.Credential));
        await lease.EndAndVerifyAsync();
    }

    [Theory]
    [InlineData("user")]
    [InlineData("jwt")]
    public async Task Topic_rights_hold_in_either_mode(string mode)
    {
        var bench = await RabbitMqBench.GetAsync();
        var grants = new JsonObject { ["vhost"] = "/", ["write"] = "^ev$", ["topics"] = new JsonArray(new JsonObject { ["exchange"] = "ev", ["write"] = "^pay\\." }) };
        var lease = await bench.MintAsync(bench.Order(grants, bench.Settings(mode)));

        Assert.True(await RabbitMqBench.MayPublishAsync(lease.Credential, "ev", "pay.eu"));
        Assert.False(await RabbitMqBench.MayPublishAsync(lease.Credential, "ev", "ship.eu"));
        Assert.False(await RabbitMqBench.MayPublishAsync(lease.Credential, "amq.topic", "pay.eu"));
        Assert.False(await RabbitMqBench.MayReadAsync(lease.Credential));
        if (mode == "user")
            await lease.EndAndVerifyAsync();
    }

    [Theory]
    [InlineData("user")]
    [InlineData("jwt")]
    public async Task Hostile_names_of_virtual_hosts_and_queues_stay_names(string mode)
    {
        var bench = await RabbitMqBench.GetAsync();
        var vhost = RabbitMqBench.NewName("v/h %2F é\"';&?#") + mode;
        const string queue = "o*r/d%ers \"é";
        await bench.Server.AdminAsync(HttpMethod.Put, $"vhosts/{Uri.EscapeDataString(vhost)}");
        await bench.Server.AdminAsync(HttpMethod.Put, $"permissions/{Uri.EscapeDataString(vhost)}/{RabbitMqServer.Administrator}", new JsonObject { ["configure"] = ".*", ["write"] = ".*", ["read"] = ".*" });
        foreach (var name in (string[])[queue, "oxxr/d%ers \"é"])
            await bench.Server.AdminAsync(HttpMethod.Put, $"queues/{Uri.EscapeDataString(vhost)}/{Uri.EscapeDataString(name)}", []);
        var order = bench.Order(new JsonObject { ["vhost"] = vhost, ["read"] = "^o\\*r/d%ers \"é$" }, bench.Settings(mode)) with { Holder = "../o'\"%2F@example.com" };

        var lease = await bench.MintAsync(order);

        Assert.Matches("^jit-[0-9a-z]{26}-[0-9a-z-]+$", lease.User);
        Assert.True(await RabbitMqBench.MayReadAsync(lease.Credential, queue));
        Assert.False(await RabbitMqBench.MayReadAsync(lease.Credential, "oxxr/d%ers \"é"));
        if (mode == "user")
            await lease.EndAndVerifyAsync();
    }

    [Fact]
    public async Task A_lease_whose_first_secret_was_lost_gets_a_new_one_and_the_old_is_dead()
    {
        var bench = await RabbitMqBench.GetAsync();
        var order = bench.Order();
        var first = await bench.MintAsync(order);

        var second = await bench.MintAsync(order);

        Assert.True(await RabbitMqBench.MayReadAsync(second.Credential));
        Assert.False(await RabbitMqBench.MayReadAsync(first.Credential));
        await second.EndAndVerifyAsync();
    }

    [Theory]
    [InlineData("monitoring", null)]
    [InlineData("", null)]
    [InlineData("jitbroker", 0)]
    public async Task A_user_of_that_name_that_is_somebody_elses_or_being_ended_is_not_taken_over(string tags, int? limit)
    {
        var bench = await RabbitMqBench.GetAsync();
        var order = bench.Order();
        var name = UserHandle.NameOf(order.LeaseId, order.Holder);
        await bench.Server.AdminAsync(HttpMethod.Put, $"users/{name}", new JsonObject { ["password"] = "theirs", ["tags"] = tags });
        if (limit is not null)
            await bench.Server.AdminAsync(HttpMethod.Put, $"user-limits/{name}/max-connections", new JsonObject { ["value"] = limit });
        var before = (string)(await bench.Server.AdminAsync(HttpMethod.Get, $"users/{name}"))!["password_hash"]!;

        Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));

        Assert.Equal(before, (string)(await bench.Server.AdminAsync(HttpMethod.Get, $"users/{name}"))!["password_hash"]!);
        Assert.Empty((await bench.Server.AdminAsync(HttpMethod.Get, $"users/{name}/permissions"))!.AsArray());
        await bench.Server.AdminAsync(HttpMethod.Delete, $"users/{name}");
    }

    [Fact]
    public async Task A_virtual_host_that_is_not_there_is_said_and_what_was_made_until_then_is_removed()
    {
        var bench = await RabbitMqBench.GetAsync();
        var order = bench.Order(new JsonObject { ["vhost"] = "nowhere", ["read"] = "^orders$" });
        var plan = bench.Issuer().Plan(order);

        var refused = Assert.IsType<MintOutcome.Refused>(await bench.Issuer().MintAsync(order, plan, Token));

        Assert.Contains("has no virtual host nowhere", refused.Why, StringComparison.Ordinal);
        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));
        Assert.Empty(await bench.Server.UsersAsync(UserHandle.NameOf(order.LeaseId, order.Holder)));
    }

    [Fact]
    public async Task While_the_server_is_away_nothing_is_minted_or_ended_and_both_work_after()
    {
        var bench = await RabbitMqBench.GetAsync();
        await using var wire = new CutProxy(bench.Server.ManagementPort);
        var order = bench.Order(settings: bench.Settings(management: new Uri($"http://127.0.0.1:{wire.Port}")));
        var lease = await bench.MintAsync(order);
        await wire.CutAsync();

        var ended = Assert.IsType<EndOutcome.Failed>(await lease.EndAsync());
        var other = order with { LeaseId = Ids.New(order.Now) };
        var minted = Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(other, bench.Issuer().Plan(other), Token));
        Assert.All([ended.Why, minted.Why], why => Assert.Contains($"127.0.0.1:{wire.Port}", why, StringComparison.Ordinal));
        Assert.All([ended.Why, minted.Why], why => Assert.DoesNotContain(RabbitMqServer.Password, why, StringComparison.Ordinal));

        wire.Mend();
        await lease.EndAndVerifyAsync();
        await (await bench.MintAsync(other)).EndAndVerifyAsync();
    }

    [Theory]
    [InlineData("jitadmin")]
    [InlineData("guest")]
    [InlineData("jit-01/../jit_admin")]
    [InlineData("jit-01j8zq00000000000000000000-x/..")]
    [InlineData("")]
    public async Task A_handle_of_another_form_touches_nothing(string name)
    {
        var issuer = new RabbitMqIssuer(TestSecrets.Of(("MQ", "x")), null!, new("https://jit.example", "keys"), new ManualClock());
        var handle = issuer.Plan(new IssueOrder("01J8ZQ00000000000000000000", "01J8ZQGRANT", "ana@example.com", "Ana", "mq:read", "rmq", SomeSettings, """{"vhost":"/","read":"^a$"}""", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddHours(1))).Handle;
        var data = handle.Data.DeepClone().AsObject();
        data["name"] = name;

        Assert.Contains("not a handle", Assert.IsType<EndOutcome.Failed>(await issuer.EndAsync(handle with { Data = data }, Token)).Why, StringComparison.Ordinal);

        var lost = handle.Data.DeepClone().AsObject();
        lost["password"] = "${env:GONE}";
        Assert.Contains("${env:GONE}", Assert.IsType<EndOutcome.Failed>(await issuer.EndAsync(handle with { Data = lost }, Token)).Why, StringComparison.Ordinal);
    }

    private const string SomeSettings = """{"management":"http://127.0.0.1:1","amqp":"amqp://127.0.0.1:1","user":"jit","password":"${env:MQ}"}""";

    [Theory]
    [InlineData("{", "{}")]
    [InlineData("{}", "{}")]
    [InlineData("""{"management":"ftp://x","amqp":"amqp://x","user":"u","password":"p"}""", """{"vhost":"/"}""")]
    [InlineData("""{"management":"http://u:p@x","amqp":"amqp://x","user":"u","password":"p"}""", """{"vhost":"/"}""")]
    [InlineData("""{"management":"http://x","amqp":"amqp://x","user":"u","password":"p","mode":"root"}""", """{"vhost":"/"}""")]
    [InlineData(SomeSettings, """{"vhost":".."}""")]
    [InlineData(SomeSettings, """{"vhost":""}""")]
    [InlineData(SomeSettings, """{"vhost":"/","read":7}""")]
    [InlineData(SomeSettings, """{"vhost":"/","read":"^a$","topics":{}}""")]
    [InlineData(SomeSettings, """{"vhost":"/","read":"^a$","topics":[{"write":"^a"}]}""")]
    [InlineData(SomeSettings, """{"vhost":"/","read":"^a$","connectionLimit":0}""")]
    [InlineData("""{"management":"http://x","amqp":"amqp://x","user":"u","password":"p","mode":"jwt"}""", """{"vhost":"/","read":"^[a-z]+$"}""")]
    [InlineData("""{"management":"http://x","amqp":"amqp://x","user":"u","password":"p","mode":"jwt"}""", """{"vhost":"/","write":"^ev.*$","topics":[{"exchange":"ev","write":"^pay"}]}""")]
    public async Task What_the_catalog_cannot_mean_is_refused_without_calling_anybody(string settings, string grants)
    {
        var issuer = new RabbitMqIssuer(TestSecrets.Of(), null!, new("https://jit.example", "keys"), new ManualClock());
        var now = new ManualClock().GetUtcNow();
        var order = new IssueOrder("01J8ZQ00000000000000000000", "01J8ZQGRANT", "ana@example.com", "Ana", "mq:read", "rmq", settings, grants, now, now.AddHours(1));
        var plan = issuer.Plan(order);

        Assert.IsType<MintOutcome.Refused>(await issuer.MintAsync(order, plan, Token));
        Assert.Equal(new EndOutcome.Ended(Existed: true), await issuer.EndAsync(plan.Handle, Token));
    }
}
