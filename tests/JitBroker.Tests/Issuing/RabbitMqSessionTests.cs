using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Issuing;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace JitBroker.Tests.Issuing;

/// <summary>M4 at a message broker: connections that are open when the access ends, and those that try to open meanwhile.</summary>
public sealed class RabbitMqSessionTests
{
    [Fact]
    public async Task A_running_consumer_is_cut_gets_nothing_more_and_cannot_come_back()
    {
        var bench = await RabbitMqBench.GetAsync();
        var (queue, lease) = await WithQueueAsync(bench);
        await using var consumer = await Consumer.StartAsync(lease.Credential, queue);
        await PublishAsync(bench, queue, "before");
        await consumer.SeesAsync("before");

        await lease.EndAndVerifyAsync();

        Assert.Equal(320, await consumer.CutByAsync());
        await PublishAsync(bench, queue, "after");
        Assert.False(await RabbitMqBench.MayReadAsync(lease.Credential, queue));
        Assert.Equal(["before"], consumer.Seen);
        await bench.Server.AdminAsync(HttpMethod.Delete, $"queues/%2F/{queue}");
    }

    [Fact]
    public async Task Connections_that_hammer_during_the_end_leave_none()
    {
        var bench = await RabbitMqBench.GetAsync();
        var lease = await bench.MintAsync();
        using var stop = new CancellationTokenSource();
        var let = 0;
        var hammers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
                let += await RabbitMqBench.MayReadAsync(lease.Credential) ? 1 : 0;
        })).ToList();
        await Eventually.TrueAsync(() => Task.FromResult(let > 2));

        await lease.EndAndVerifyAsync();

        await stop.CancelAsync();
        await Task.WhenAll(hammers);
        Assert.Equal(0, await bench.Server.ConnectionsAsync(lease.User));
        Assert.False(await RabbitMqBench.MayReadAsync(lease.Credential));
    }

    [Theory]
    [InlineData("limit")]
    [InlineData("permissions")]
    [InlineData("user")]
    public async Task An_end_that_broke_off_anywhere_is_taken_up_from_the_start(string done)
    {
        var bench = await RabbitMqBench.GetAsync();
        var lease = await bench.MintAsync();
        await using var open = await RabbitMqBench.ConnectAsync(lease.Credential);
        await using var channel = await open.CreateChannelAsync();
        await (done switch
        {
            "limit" => bench.Server.AdminAsync(HttpMethod.Put, $"user-limits/{lease.User}/max-connections", new JsonObject { ["value"] = 0 }),
            "permissions" => bench.Server.AdminAsync(HttpMethod.Delete, $"permissions/%2F/{lease.User}"),
            _ => bench.Server.AdminAsync(HttpMethod.Delete, $"users/{lease.User}"),
        });

        var ended = Assert.IsType<EndOutcome.Ended>(await lease.EndAsync());

        Assert.True(ended.Existed || done == "user");
        Assert.Empty(await bench.Server.UsersAsync(lease.User));
        await Eventually.TrueAsync(() => Task.FromResult(!open.IsOpen));
    }

    [Fact]
    public async Task Rights_that_somebody_added_at_other_virtual_hosts_go_with_the_user()
    {
        var bench = await RabbitMqBench.GetAsync();
        var lease = await bench.MintAsync();
        var vhost = RabbitMqBench.NewName("other");
        await bench.Server.AdminAsync(HttpMethod.Put, $"vhosts/{vhost}");
        await bench.Server.AdminAsync(HttpMethod.Put, $"permissions/{vhost}/{lease.User}", new JsonObject { ["configure"] = ".*", ["write"] = ".*", ["read"] = ".*" });

        await lease.EndAndVerifyAsync();

        Assert.DoesNotContain(lease.User, (await bench.Server.AdminAsync(HttpMethod.Get, "permissions"))!.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>Of 3.10: the server lets a consumer receive although its token has expired, until somebody closes the connection. That is what is declared, and what the end is for.</summary>
    [Fact]
    public async Task A_consumer_whose_token_has_expired_is_cut_by_the_end_and_not_sooner_taken_for_ended()
    {
        var bench = await RabbitMqBench.GetAsync();
        var queue = RabbitMqBench.NewName("late");
        await bench.Server.AdminAsync(HttpMethod.Put, $"queues/%2F/{queue}", []);
        var lease = await bench.MintAsync(bench.Order(new JsonObject { ["vhost"] = "/", ["read"] = $"^{queue}$" }, bench.Settings("jwt", lifetime: "12s")));
        await using var consumer = await Consumer.StartAsync(lease.Credential, queue);

        var early = Assert.IsType<EndOutcome.Failed>(await lease.EndAsync());
        Assert.Contains("cannot be taken back before", early.Why, StringComparison.Ordinal);
        Assert.Equal(320, await consumer.CutByAsync());

        await using var again = await Consumer.StartAsync(lease.Credential, queue);
        await Eventually.TrueAsync(() => Task.FromResult(RabbitMqBench.RealTime().GetUtcNow() > lease.Plan.ExpiresAt + lease.Plan.Handle.Within + TimeSpan.FromSeconds(1)));
        Assert.False(await RabbitMqBench.MayReadAsync(lease.Credential, queue));
        await PublishAsync(bench, queue, "late");
        await again.SeesAsync("late");

        Assert.Equal(new EndOutcome.Ended(Existed: true), await lease.EndAsync());

        Assert.Equal(320, await again.CutByAsync());
        Assert.Equal(0, await bench.Server.ConnectionsAsync(lease.User));
        await bench.Server.AdminAsync(HttpMethod.Delete, $"queues/%2F/{queue}");
    }

    private static async Task<(string Queue, RabbitMqBench.Lease Lease)> WithQueueAsync(RabbitMqBench bench)
    {
        var queue = RabbitMqBench.NewName("live");
        await bench.Server.AdminAsync(HttpMethod.Put, $"queues/%2F/{queue}", []);
        return (queue, await bench.MintAsync(bench.Order(new JsonObject { ["vhost"] = "/", ["read"] = $"^{queue}$" })));
    }

    private static Task PublishAsync(RabbitMqBench bench, string queue, string text) => bench.Server.AdminAsync(
        HttpMethod.Post, "exchanges/%2F/amq.default/publish", new JsonObject { ["properties"] = new JsonObject(), ["routing_key"] = queue, ["payload"] = text, ["payload_encoding"] = "string" });

    /// <summary>Somebody who reads a queue as it fills.</summary>
    private sealed class Consumer(IConnection connection) : IAsyncDisposable
    {
        private readonly TaskCompletionSource<int> _cut = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public List<string> Seen { get; } = [];

        public static async Task<Consumer> StartAsync(Credential credential, string queue)
        {
            var connection = await RabbitMqBench.ConnectAsync(credential);
            var consumer = new Consumer(connection);
            connection.ConnectionShutdownAsync += (_, shutdown) => Task.FromResult(consumer._cut.TrySetResult(shutdown.ReplyCode));
            var channel = await connection.CreateChannelAsync();
            var reader = new AsyncEventingBasicConsumer(channel);
            reader.ReceivedAsync += (_, message) =>
            {
                consumer.Seen.Add(Encoding.UTF8.GetString(message.Body.Span));
                return Task.CompletedTask;
            };
            await channel.BasicConsumeAsync(queue, autoAck: true, reader);
            return consumer;
        }

        public Task SeesAsync(string text) => Eventually.TrueAsync(() => Task.FromResult(Seen.Contains(text)));

        /// <summary>The code with which the server closed the connection.</summary>
        public Task<int> CutByAsync() => _cut.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
