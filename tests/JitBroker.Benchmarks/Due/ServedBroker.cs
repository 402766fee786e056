using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JitBroker.Benchmarks.Lifecycle;

namespace JitBroker.Benchmarks.Due;

/// <summary>The real server as a process of its own, so that its memory and its start are nobody else's.</summary>
internal sealed class ServedBroker : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _client = new();
    private readonly Uri _url;

    private ServedBroker(Process process, DateTimeOffset startedAt, Uri url) => (_process, StartedAt, _url) = (process, startedAt, url);

    /// <summary>Just before the process was made.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <param name="place">A database on PostgreSQL; its folder becomes the server's.</param>
    public static ServedBroker Start(PrivateDatabase place, string catalog, TimeProvider clock)
    {
        var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}"));
        File.WriteAllText(Path.Combine(place.Folder, "catalog.yaml"), catalog);
        File.WriteAllText(Path.Combine(place.Folder, "appsettings.json"), Settings(place).ToJsonString());
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "JitBroker.Server.dll")])
        {
            WorkingDirectory = place.Folder,
            UseShellExecute = false,
        };
        start.Environment["ASPNETCORE_URLS"] = url.AbsoluteUri.TrimEnd('/');
        start.Environment[DueCatalog.SecretVariable] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        var at = clock.GetUtcNow();
        return new ServedBroker(Process.Start(start)!, at, url);
    }

    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException("The broker ended at its start.");
            try
            {
                using var answer = await _client.GetAsync(new Uri(_url, "readyz"), cancellationToken);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    /// <summary>Bytes of this process that have been in memory at the most so far (the kernel's <c>VmHWM</c>).</summary>
    public async Task<long> PeakResidentAsync(CancellationToken cancellationToken)
    {
        var status = await File.ReadAllLinesAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status"), cancellationToken);
        var line = status.First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
        _client.Dispose();
    }

    private static JsonObject Settings(PrivateDatabase place) => new()
    {
        ["Broker"] = new JsonObject { ["PublicUrl"] = BenchCatalog.PublicUrl, ["Catalog"] = "catalog.yaml" },
        ["Database"] = new JsonObject { ["Kind"] = "postgres", ["ConnectionString"] = place.ConnectionString },
        ["Signing"] = new JsonObject { ["KeysDirectory"] = "keys" },
        ["Logging"] = new JsonObject { ["LogLevel"] = new JsonObject { ["Default"] = "None" } },
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
