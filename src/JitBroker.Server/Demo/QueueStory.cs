using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace JitBroker.Server.Demo;

/// <summary>The tour's chapter at a RabbitMQ: a consumer gets messages, and is cut off while it waits for more.</summary>
internal sealed class QueueStory(TourScreen screen, TourAccess access)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="TourException">A step did not hold.</exception>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ConsumeAsync(cancellationToken);
        }
        catch (Exception e) when (e is BrokerUnreachableException or OperationInterruptedException)
        {
            throw new TourException($"The queue was not there as it should have been: {e.Message}");
        }
    }

    private async Task ConsumeAsync(CancellationToken cancellationToken)
    {
        await access.OfferedAsync(DemoRabbitMq.Queue, cancellationToken);
        var grant = await access.GrantAsync(DemoRabbitMq.Queue, "INC-46", "orders are not picked up", cancellationToken);
        var credential = (await access.Terminal.CollectAsync(grant, cancellationToken)).Value.Credential;
        var factory = FactoryOf(credential);
        await using var connection = await factory.CreateConnectionAsync(cancellationToken);
        var cut = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.ConnectionShutdownAsync += (_, why) => Task.FromResult(cut.TrySetResult(why.ReplyText));
        var first = await FirstMessageAsync(connection, cancellationToken);
        screen.Held($"Ana collects a user of her own, {credential.GetProperty("username").GetString()}, and her consumer gets {first}");

        await access.DoneAsync(grant, "while her consumer waits for more", cancellationToken);
        var told = await WithinAsync(cut.Task, "her consumer is still connected", cancellationToken);
        screen.Held($"Her consumer was cut off by the server: {told}");
        TourException.Unless(await IsRefusedAsync(factory, cancellationToken), "Her user still opens a connection.");
        screen.Held("The user is gone from the server; connecting again is refused");
    }

    private static ConnectionFactory FactoryOf(JsonElement credential) =>
        new() { Uri = new Uri(credential.GetProperty("uri").GetString()!), AutomaticRecoveryEnabled = false };

    /// <summary>Not acknowledged: it stays in the queue for those whose it is.</summary>
    private static async Task<string> FirstMessageAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var first = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) => Task.FromResult(first.TrySetResult(Encoding.UTF8.GetString(message.Body.Span)));
        await channel.BasicConsumeAsync("orders", autoAck: false, consumer, cancellationToken);
        return await WithinAsync(first.Task, "her consumer got no message", cancellationToken);
    }

    private static async Task<string> WithinAsync(Task<string> awaited, string otherwise, CancellationToken cancellationToken)
    {
        try
        {
            return await awaited.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TourException($"After {Patience.TotalSeconds:0} s {otherwise}.");
        }
    }

    private static async Task<bool> IsRefusedAsync(ConnectionFactory factory, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await factory.CreateConnectionAsync(cancellationToken);
            return false;
        }
        catch (BrokerUnreachableException e)
        {
            return e.InnerException is AuthenticationFailureException;
        }
    }
}
