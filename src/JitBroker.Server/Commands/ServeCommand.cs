using JitBroker.Server.Hosting;

namespace JitBroker.Server.Commands;

internal static class ServeCommand
{
    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var (settings, configuration) = ServerCommands.ReadSettings();
        var urls = (Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        await using var app = BrokerHost.Build(settings, new BrokerHostOptions { Urls = urls, Configuration = configuration });
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop before it served: nothing was begun.
            return 0;
        }
        catch (Exception e) when (e is IOException or FormatException or System.Net.Sockets.SocketException)
        {
            throw new StartException($"The broker cannot listen at {string.Join(", ", urls.Length > 0 ? urls : [settings.Broker.PublicUrl.ToString()])}: {e.Message.TrimEnd('.')}. Free the port, or set ASPNETCORE_URLS.", e);
        }

        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
}
