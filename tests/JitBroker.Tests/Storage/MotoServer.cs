using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace JitBroker.Tests.Storage;

/// <summary>
/// One private moto, an emulator of AWS, for the whole test run, with its checks of signatures and rights on. It evaluates no conditions and no session
/// policies. Tests take roles, streams and users of their own. Stopped, by its own pid, when the process ends.
/// </summary>
public sealed class MotoServer
{
    private const string AdminPolicy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""";

    private static readonly Lazy<Task<MotoServer?>> Shared = new(StartAsync);
    private static MotoServer? _running;

    private readonly Process _process;

    private MotoServer(Process process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }

    /// <summary>A user who may do everything.</summary>
    public AwsCaller Admin { get; private set; } = null!;

    /// <summary>Skips the test where moto is not installed, and fails it in CI.</summary>
    public static async Task<MotoServer> GetAsync()
    {
        if (await Shared.Value is { } server)
            return server;
        if (Environment.GetEnvironmentVariable("CI") is "true")
            Assert.Fail("moto is not installed, and in CI a missing server is a failure: pip install 'moto[server]'.");
        Assert.Skip("moto is not installed: pip install 'moto[server]'.");
        return null!;
    }

    /// <summary>After the last test.</summary>
    public static void Stop()
    {
        if (Interlocked.Exchange(ref _running, null) is not { } server)
            return;
        server._process.Kill();
        server._process.WaitForExit(10_000);
        server._process.Dispose();
    }

    /// <summary>Where <c>tests/run</c> installed it, else the usual Python.</summary>
    public static string Python => Environment.GetEnvironmentVariable("JITBROKER_PYTHON") is { Length: > 0 } python ? python : "python3";

    private static async Task<MotoServer?> StartAsync()
    {
        var port = FreePort();
        if (await LaunchAsync(port) is not { } process)
            return null;
        var server = new MotoServer(process, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")));
        _running = server;
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Stop();
        var nobody = new AwsCaller(server.Url, "boot", "boot");
        server.Admin = await server.NewUserAsync(nobody, "admin", AdminPolicy);
        using var http = new HttpClient();
        using var on = new StringContent("0");
        (await http.PostAsync(new Uri(server.Url, "moto-api/reset-auth"), on)).EnsureSuccessStatusCode();
        return server;
    }

    /// <summary>A user with one policy and a key.</summary>
    public Task<AwsCaller> NewUserAsync(string name, string policy) => NewUserAsync(Admin, name, policy);

    private async Task<AwsCaller> NewUserAsync(AwsCaller by, string name, string policy)
    {
        await by.IamAsync("CreateUser", ("UserName", name));
        await by.IamAsync("PutUserPolicy", ("UserName", name), ("PolicyName", "may"), ("PolicyDocument", policy));
        var made = await by.IamAsync("CreateAccessKey", ("UserName", name));
        return new AwsCaller(Url, made.Text("AccessKeyId"), made.Text("SecretAccessKey"));
    }

    /// <summary>Null where Python has no moto. Ready when it answers.</summary>
    private static async Task<Process?> LaunchAsync(int port)
    {
        var start = new ProcessStartInfo(Python, ["-m", "moto.server", "-H", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = Path.GetTempPath(),
        };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }

        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var watch = Stopwatch.StartNew();
        using var http = new HttpClient();
        while (!process.HasExited)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/moto-api/")));
                return process;
            }
            catch (HttpRequestException) when (watch.Elapsed < TimeSpan.FromMinutes(2))
            {
                await Task.Delay(50);
            }
        }

        process.Dispose();
        return null;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
