using System.Text.RegularExpressions;

namespace JitBroker.LiveTests.Fixtures;

/// <summary><c>demo</c> as a user runs it; the addresses are those it prints.</summary>
internal sealed partial class DemoProcess : IAsyncDisposable
{
    private readonly RunningProgram _program;
    private readonly BrokerFolder _folder;

    private DemoProcess(RunningProgram program, BrokerFolder folder) => (_program, _folder) = (program, folder);

    public Uri Workspace => Printed("Workspace");

    public Uri Service => Printed("Service");

    public Uri Broker => Printed("Broker");

    public static async Task<DemoProcess> StartAsync()
    {
        var folder = BrokerFolder.Empty();
        var port = Ports.Take(3);
        // Kafka is left out: two more virtual machines for each page that is looked at. It has live tests of its own.
        var program = RunningProgram.StartOurs(
            "JitBroker.Server.dll", ["demo", "--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)], folder.FolderPath, new Dictionary<string, string?>(StringComparer.Ordinal) { ["KAFKA_HOME"] = null });
        var demo = new DemoProcess(program, folder);
        await program.SaysAsync("Ctrl-C ends it");
        return demo;
    }

    /// <summary>Waits until it has said this.</summary>
    public Task SaysAsync(string words) => _program.SaysAsync(words);

    /// <summary>Ends as by Ctrl-C; the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        await _program.SignalAsync("INT");
        return await _program.ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        // Killed it would leave the servers behind that it started.
        if (!_program.HasExited)
            await InterruptAsync();
        await _program.DisposeAsync();
        _folder.Dispose();
    }

    private Uri Printed(string name) =>
        new(Address().Matches(_program.Output).First(m => m.Groups["name"].Value == name).Groups["url"].Value);

    [GeneratedRegex(@"^\s*(?<name>[A-Z][a-z]+)\s+(?<url>http://\S+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex Address();
}
