using System.Text.Json.Nodes;
using JitBroker.Issuers.RabbitMq;
using JitBroker.Issuing;
using Microsoft.AspNetCore.Http;

namespace JitBroker.Tests.Issuing;

/// <summary>What a RabbitMQ lacks, what stands at it, and servers that answer anything but what they should.</summary>
public sealed class RabbitMqCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("user")]
    [InlineData("jwt")]
    public async Task A_server_set_up_as_the_README_says_is_in_order(string mode)
    {
        var bench = await RabbitMqBench.GetAsync();

        Assert.Empty(await FindingsAsync(bench.Check(), bench.Settings(mode), RabbitMqBench.ReadsOrders));
    }

    [Fact]
    public async Task What_lacks_at_a_server_is_said_with_what_mends_it()
    {
        var bench = await RabbitMqBench.GetAsync();
        var user = RabbitMqBench.NewName("monitor");
        await bench.Server.AdminAsync(HttpMethod.Put, $"users/{user}", new JsonObject { ["password"] = RabbitMqServer.Password, ["tags"] = "monitoring" });
        await bench.Server.AdminAsync(HttpMethod.Put, "exchanges/%2F/direct-one", new JsonObject { ["type"] = "direct" });
        var topics = new JsonObject { ["vhost"] = "/", ["write"] = "^direct-one$", ["topics"] = new JsonArray(new JsonObject { ["exchange"] = "direct-one", ["write"] = "^pay" }, new JsonObject { ["exchange"] = "nowhere" }) };

        await AssertFoundAsync(bench.Check(), bench.Settings(user: user), RabbitMqBench.ReadsOrders, isProblem: true, "is no administrator", $"rabbitmqctl set_user_tags {user} administrator");
        await AssertFoundAsync(bench.Check(), bench.Settings(), new JsonObject { ["vhost"] = "nowhere", ["read"] = "^a$" }, isProblem: true, "has no virtual host nowhere", "rabbitmqctl add_vhost nowhere");
        await AssertFoundAsync(bench.Check(), bench.Settings(), topics, isProblem: true, "the exchange direct-one has the type direct", "topic");
        await AssertFoundAsync(bench.Check(), bench.Settings(), topics, isProblem: false, "the exchange nowhere does not exist", "Declare it");
        await AssertFoundAsync(bench.Check(), bench.Settings("jwt"), new JsonObject { ["vhost"] = "/", ["read"] = "^[a-z]+$" }, isProblem: true, "cannot be said as scopes", "Mend it");
        await AssertFoundAsync(bench.Check(password: "not-theirs"), bench.Settings(), RabbitMqBench.ReadsOrders, isProblem: true, "does not let the broker in", "password");
        var clock = new ManualClock();
        clock.Set(RabbitMqBench.RealTime().GetUtcNow() - TimeSpan.FromMinutes(10));
        await AssertFoundAsync(bench.Check(clock), bench.Settings("jwt"), RabbitMqBench.ReadsOrders, isProblem: true, "s ahead of the broker's", "NTP");
    }

    [Theory]
    [InlineData("user", "feature-flags", """[{"name":"user_limits","state":"disabled"}]""", "The feature flag user_limits is not enabled")]
    [InlineData("jwt", "nodes", """[{"name":"rabbit@a","running":true,"enabled_plugins":["rabbitmq_management"]}]""", "rabbit@a does not have the plugin rabbitmq_auth_backend_oauth2")]
    public async Task A_plugin_or_a_feature_that_is_off_is_said(string mode, string path, string answer, string expected)
    {
        await using var fake = await FakeManagement.StartAsync(c => c.Response.WriteAsync(c.Request.Path.Value!.EndsWith(path, StringComparison.Ordinal) ? answer : """{"name":"jit","tags":["administrator"]}"""));

        var finding = Assert.Single(await FindingsAsync(new CheckServer(Secrets, RabbitMqBench.RealTime()), SettingsOf(fake.Url, mode), RabbitMqBench.ReadsOrders));

        Assert.True(finding.IsProblem);
        Assert.Contains(expected, finding.What, StringComparison.Ordinal);
    }

    /// <summary>M8: what somebody else made under a similar name is shown as theirs.</summary>
    [Fact]
    public async Task Of_similar_names_only_those_of_exactly_our_form_and_mark_are_ours()
    {
        var bench = await RabbitMqBench.GetAsync();
        var lease = await bench.MintAsync();
        string[] theirs = [RabbitMqBench.NewName("jit-person"), RabbitMqBench.NewName("JIT-01J8ZQ00000000000000000000"), lease.User[..30] + "-other"];
        foreach (var name in theirs)
            await bench.Server.AdminAsync(HttpMethod.Put, $"users/{name}", new JsonObject { ["password"] = "theirs", ["tags"] = "" });

        var listed = Assert.IsType<TargetListing.Listed>(await bench.Lists().ListAsync(new TargetToCheck("rmq", bench.Settings().ToJsonString(), []), Token)).Objects;

        Assert.Equal(UserHandle.LeaseOf(lease.User), Assert.Single(listed, o => o.Name == lease.User).LeaseId);
        Assert.All(theirs, name => Assert.Null(Assert.Single(listed, o => o.Name == name).LeaseId));
        Assert.DoesNotContain(listed, o => o.Name == RabbitMqServer.Administrator);
        foreach (var name in theirs)
            await bench.Server.AdminAsync(HttpMethod.Delete, $"users/{name}");
        await lease.EndAndVerifyAsync();
    }

    [Fact]
    public async Task Connections_of_tokens_are_listed_by_their_lease()
    {
        var bench = await RabbitMqBench.GetAsync();
        var lease = await bench.MintAsync(bench.Order(settings: bench.Settings("jwt")));
        await using var connection = await RabbitMqBench.ConnectAsync(lease.Credential);
        var target = new TargetToCheck("rmq", bench.Settings("jwt").ToJsonString(), []);

        await Eventually.TrueAsync(async () =>
            Assert.IsType<TargetListing.Listed>(await bench.Lists().ListAsync(target, Token)).Objects.Any(o => o.Name == lease.User && o.LeaseId == UserHandle.LeaseOf(lease.User)));
    }

    /// <summary>M2, E4: nothing of what is no answer is taken for one, and nobody is followed.</summary>
    [Theory]
    [InlineData(200, "<html>a login page</html>")]
    [InlineData(200, "{}")]
    [InlineData(200, "[1]")]
    [InlineData(204, "")]
    [InlineData(302, "")]
    [InlineData(307, "")]
    [InlineData(401, "")]
    [InlineData(429, "")]
    [InlineData(500, "boom")]
    [InlineData(503, """{"reason":"rabbit-secret-password"}""")]
    public async Task An_answer_that_is_none_ends_nothing_mints_nothing_and_is_not_followed(int status, string body)
    {
        await using var elsewhere = await FakeManagement.StartAsync(c => c.Response.WriteAsync("[]"));
        await using var fake = await FakeManagement.StartAsync(async c =>
        {
            c.Response.StatusCode = status;
            c.Response.Headers.Location = $"{elsewhere.Url}api/users";
            if (body.Length > 0)
                await c.Response.WriteAsync(body);
        });
        var issuer = new RabbitMqIssuer(Secrets, null!, new("https://jit.example", "keys"), RabbitMqBench.RealTime());
        var now = RabbitMqBench.RealTime().GetUtcNow();
        var settings = SettingsOf(fake.Url, "user").ToJsonString();
        var order = new IssueOrder(Ids.New(now), "01J8ZQGRANT", "ana@example.com", "Ana", "mq:read", "rmq", settings, RabbitMqBench.ReadsOrders.ToJsonString(), now, now.AddHours(1));
        var plan = issuer.Plan(order);

        var minted = await issuer.MintAsync(order, plan, Token);
        var ended = Assert.IsType<EndOutcome.Failed>(await issuer.EndAsync(plan.Handle, Token));
        var listed = await new ListUsers(Secrets).ListAsync(new TargetToCheck("rmq", settings, []), Token);

        Assert.IsNotType<MintOutcome.Minted>(minted);
        Assert.IsType<TargetListing.Failed>(listed);
        Assert.All([minted.ToString(), ended.Why, listed.ToString()!], text => Assert.DoesNotContain("rabbit-secret-password", text, StringComparison.Ordinal));
        Assert.Empty(elsewhere.Asked);
        Assert.All(fake.Asked, asked => Assert.Contains(" /api/users", asked, StringComparison.Ordinal));
    }

    private static Issuers.SecretLookup Secrets => TestSecrets.Of(("MQ", "rabbit-secret-password"));

    private static JsonObject SettingsOf(Uri management, string mode) =>
        new() { ["management"] = management.AbsoluteUri, ["amqp"] = "amqp://127.0.0.1", ["user"] = "jit", ["password"] = "${env:MQ}", ["mode"] = mode };

    private static async Task AssertFoundAsync(CheckServer check, JsonObject settings, JsonObject grants, bool isProblem, string what, string remedy)
    {
        var findings = await FindingsAsync(check, settings, grants);
        Assert.Contains(findings, f => f.IsProblem == isProblem && f.What.Contains(what, StringComparison.Ordinal) && f.Remedy.Contains(remedy, StringComparison.Ordinal));
        Assert.All(findings, f => Assert.DoesNotContain(RabbitMqServer.Password, f.What + f.Remedy, StringComparison.Ordinal));
    }

    private static Task<IReadOnlyList<TargetFinding>> FindingsAsync(CheckServer check, JsonObject settings, JsonObject grants) =>
        check.CheckAsync(new TargetToCheck("rmq", settings.ToJsonString(), [new GrantsToCheck("mq:read", grants.ToJsonString())]), Token);
}
