using JitBroker.Storage;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JitBroker.Leases;

/// <summary>At an orderly stop, before anything else stops: what was claimed ahead and not begun is another replica's at once, and not only when its claim has run out.</summary>
internal sealed partial class LetGoAtStop(RevokeDueLeases revoke, ProlongDueLeases prolong, ILogger<LetGoAtStop> log) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(revoke.StopAsync(cancellationToken), prolong.StopAsync(cancellationToken));
        }
        catch (Exception e) when (e is DatabaseUnavailableException or OperationCanceledException)
        {
            LogNotLetGo(log, e.GetType().Name);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was claimed ahead could not be let go at the stop ({Why}); it is taken up again after its claims run out")]
    private static partial void LogNotLetGo(ILogger log, string why);
}
