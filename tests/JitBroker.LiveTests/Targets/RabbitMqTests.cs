using System.Text;
using System.Text.Json.Nodes;
using JitBroker.LiveTests.Fixtures;
using JitBroker.Tests.Issuing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace JitBroker.LiveTests.Targets;

/// <summary>A real RabbitMQ behind a real broker, driven from chat.</summary>
public sealed class RabbitMqTests(OneRabbitMq one) : IClassFixture<OneRabbitMq>
{
    [Fact]
    public async Task A_live_consumer_gets_messages_until_its_holder_is_done_and_none_after()
    {
        var server = Demand(one.Server);
        await using var access = await LiveAccess.StartAsync(Target(server));
        var grant = await access.GrantAsync("INC-61");
        var credential = await access.CollectAsync(grant);
        var factory = new ConnectionFactory { Uri = new Uri(credential.GetProperty("uri").GetString()!), AutomaticRecoveryEnabled = false };
        await using var connection = await factory.CreateConnectionAsync();
        var cut = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, why) => Task.FromResult(cut.TrySetResult(why.ReplyText));
        var seen = await ConsumeAsync(connection);
        await PublishAsync(server, "while she may");
        await Eventually.TrueAsync(() => Task.FromResult(seen.Contains("while she may")));

        await access.DoneAsync(grant);

        Assert.Contains("CONNECTION_FORCED", await cut.Task.WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
        await PublishAsync(server, "after she was done");
        var refused = await Assert.ThrowsAsync<BrokerUnreachableException>(() => factory.CreateConnectionAsync());
        Assert.IsType<AuthenticationFailureException>(refused.InnerException);
        Assert.Equal(["while she may"], seen);
        Assert.Empty(await server.UsersAsync("jit-"));
        Assert.Equal(1, (int)(await server.AdminAsync(HttpMethod.Post, "queues/%2F/orders/get", new JsonObject { ["count"] = 5, ["ackmode"] = "ack_requeue_false", ["encoding"] = "auto" }))!.AsArray().Count);
        Assert.DoesNotContain(credential.GetProperty("password").GetString()!, access.Broker.Log, StringComparison.Ordinal);
    }

    /// <summary>M1: the user stands, and nobody has been told its password.</summary>
    [Fact]
    public async Task Killed_between_the_mint_and_its_record_the_user_is_removed_after_a_restart()
    {
        var server = Demand(one.Server);
        await using var access = await LiveAccess.StartAsync(Target(server), crashPoints: true);
        var grant = await access.GrantAsync("INC-64");
        access.DieAt("after mint at rabbitmq");
        await Assert.ThrowsAsync<Client.BrokerUnreachableException>(() => access.CollectAsync(grant));
        Assert.Single(await server.UsersAsync("jit-"));

        await access.Broker.StartAsync();

        await Eventually.TrueAsync(async () => (await server.UsersAsync("jit-")).Count == 0);
        await access.DoneAsync(grant);
    }

    private static RabbitMqServer Demand(RabbitMqServer? server)
    {
        if (server is null && Environment.GetEnvironmentVariable("CI") is "true")
            Assert.Fail("RabbitMQ is not installed, and in CI a missing server is a failure: apt-get install rabbitmq-server.");
        Assert.SkipWhen(server is null, "RabbitMQ is not installed: apt-get install rabbitmq-server.");
        return server!;
    }

    private static LiveTarget Target(RabbitMqServer server) => new(
        $$"""{ kind: rabbitmq, management: "{{server.Management}}", amqp: "{{server.Amqp}}", user: {{RabbitMqServer.Administrator}}, password: "${env:LIVE_MQ}" }""",
        """{ vhost: /, read: "^orders$" }""",
        new Dictionary<string, string>(StringComparer.Ordinal) { ["LIVE_MQ"] = RabbitMqServer.Password });

    private static async Task<List<string>> ConsumeAsync(IConnection connection)
    {
        List<string> seen = [];
        var channel = await connection.CreateChannelAsync();
        var reader = new AsyncEventingBasicConsumer(channel);
        reader.ReceivedAsync += (_, message) =>
        {
            seen.Add(Encoding.UTF8.GetString(message.Body.Span));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync("orders", autoAck: true, reader);
        return seen;
    }

    private static Task PublishAsync(RabbitMqServer server, string text) => server.AdminAsync(
        HttpMethod.Post, "exchanges/%2F/amq.default/publish", new JsonObject { ["properties"] = new JsonObject(), ["routing_key"] = "orders", ["payload"] = text, ["payload_encoding"] = "string" });
}
