using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace JitBroker.Server.Demo;

/// <summary>A page behind nginx that asks the broker at each request, for the <c>http</c> issuer: the lines of its README, on loopback, no service.</summary>
internal sealed class DemoDoor : IDemoTarget
{
    /// <summary>The page behind the door, with a token that the door asks about.</summary>
    public const string Page = "orders-admin:open";

    private const string Program = "/usr/sbin/nginx";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("jitbroker-demo-nginx-").FullName;
    private readonly int _port = FreePorts.Take(1)[0];
    private Process? _nginx;

    private DemoDoor()
    {
    }

    public static bool IsInstalled => File.Exists(Program);

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/"));

    public string Line => string.Create(CultureInfo.InvariantCulture, $"Door      {Url}  nginx before a page, for {Page}: curl -H \"Authorization: Bearer TOKEN\"");

    public string Issuer => "  door: { kind: http }";

    public string Entitlement => $$"""
          {{Page}}:
            title: Orders, the admin page behind nginx
            issuer: door
            grants: { resource: orders-admin }
            eligible: [engineering]
            duration: { min: 5s, default: 15m, max: 2h }
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval:
              - { group: data-owners, votes: 1 }
        """;

    public string? Secret(string name) => null;

    public static async Task<(IDemoTarget? Target, string Absence)> StartAsync(Uri broker, CancellationToken cancellationToken)
    {
        if (!IsInstalled)
            return (null, "no nginx on this machine; with Debian's nginx installed there would be a door");
        var door = new DemoDoor();
        try
        {
            await door.MakeAsync(broker, cancellationToken);
            return (door, "");
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or IOException or UnauthorizedAccessException or TimeoutException)
        {
            await door.DisposeAsync();
            return (null, $"no nginx could be started here ({e.Message.TrimEnd('.')})");
        }
        catch
        {
            await door.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_nginx is { HasExited: false })
        {
            _nginx.Kill();
            await _nginx.WaitForExitAsync();
        }

        _nginx?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task MakeAsync(Uri broker, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "pages"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "pages", "index.html"), "<!doctype html><title>Orders</title><h1>Orders, the admin page</h1><p>You are through the door.\n", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(_folder, "nginx.conf"), Configuration(broker), cancellationToken);
        var start = new ProcessStartInfo(Program, ["-p", _folder, "-e", "stderr", "-c", Path.Combine(_folder, "nginx.conf")]) { UseShellExecute = false, RedirectStandardError = true };
        _nginx = Process.Start(start)!;
        _nginx.ErrorDataReceived += static (_, _) => { };
        _nginx.BeginErrorReadLine();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        while (!await IsListeningAsync(patience.Token))
            await Task.Delay(Glance, patience.Token);
    }

    private async Task<bool> IsListeningAsync(CancellationToken cancellationToken)
    {
        if (_nginx!.HasExited)
            throw new InvalidOperationException("nginx ended at its start");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>One process, so that one pid is all there is to stop.</summary>
    private string Configuration(Uri broker) => string.Create(CultureInfo.InvariantCulture, $$"""
        daemon off;
        master_process off;
        pid {{_folder}}/pid;
        error_log stderr;
        events { worker_connections 128; }
        http {
            access_log off;
            types { text/html html; }
            client_body_temp_path {{_folder}}/body;
            proxy_temp_path {{_folder}}/proxy;
            fastcgi_temp_path {{_folder}}/fastcgi;
            uwsgi_temp_path {{_folder}}/uwsgi;
            scgi_temp_path {{_folder}}/scgi;
            upstream jit { server {{broker.Authority}}; keepalive 8; }
            server {
                listen 127.0.0.1:{{_port}};
                location = /_jit_authz {
                    internal;
                    proxy_pass http://jit/authz;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_pass_request_body off;
                    proxy_set_header Content-Length "";
                    proxy_set_header X-Jit-Resource "orders-admin";
                    proxy_connect_timeout 1s;
                    proxy_read_timeout 2s;
                }
                location / {
                    auth_request /_jit_authz;
                    root {{_folder}}/pages;
                    error_page 500 =503 /_jit_unavailable;
                }
                location = /_jit_unavailable { internal; return 503 "The door cannot be asked just now.\n"; }
            }
        }
        """);
}
