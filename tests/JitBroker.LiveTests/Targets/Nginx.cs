using System.Globalization;
using System.Net.Sockets;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Targets;

/// <summary>Debian's nginx as a door, with the lines of the http issuer's README, in a folder and on a port of its own. No service, and not Debian's default site.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private const string Program = "/usr/sbin/nginx";

    private readonly string _folder;
    private readonly RunningProgram _program;

    private Nginx(string folder, RunningProgram program, int port)
    {
        (_folder, _program) = (folder, program);
        Url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
    }

    public Uri Url { get; }

    /// <summary>Skips the test where it is not installed, and fails it in CI.</summary>
    /// <param name="snippets">The README's blocks: what stands in http, what stands in server.</param>
    public static async Task<Nginx> StartAsync(IReadOnlyList<string> snippets, Uri broker, Uri app)
    {
        if (!File.Exists(Program) && Environment.GetEnvironmentVariable("CI") is "true")
            Assert.Fail("nginx is not installed, and in CI a missing server is a failure: apt-get install nginx.");
        Assert.SkipUnless(File.Exists(Program), "nginx is not installed: apt-get install nginx.");
        var folder = Directory.CreateTempSubdirectory("jitbroker-nginx-").FullName;
        var port = Ports.Take();
        await File.WriteAllTextAsync(Path.Combine(folder, "nginx.conf"), Configuration(folder, port, snippets, broker, app));
        var nginx = new Nginx(folder, RunningProgram.Start(Program, ["-p", folder, "-e", "stderr", "-c", Path.Combine(folder, "nginx.conf")], folder), port);
        await Eventually.TrueAsync(() => nginx.IsListeningAsync(port));
        return nginx;
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> IsListeningAsync(int port)
    {
        Assert.False(_program.HasExited, $"nginx ended at its start:\n{_program.Everything}");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string Configuration(string folder, int port, IReadOnlyList<string> snippets, Uri broker, Uri app) => $$"""
        daemon off;
        master_process off;
        pid {{folder}}/pid;
        error_log stderr;
        events { worker_connections 256; }
        http {
            access_log off;
            {{string.Join("\n    ", new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(t => $"{t}_temp_path {folder}/{t};"))}}
        {{snippets[0].Replace("127.0.0.1:8080", broker.Authority, StringComparison.Ordinal)}}
            server {
                listen 127.0.0.1:{{port.ToString(CultureInfo.InvariantCulture)}};
        {{snippets[1].Replace("127.0.0.1:9000", app.Authority, StringComparison.Ordinal)}}
            }
        }
        """;
}
