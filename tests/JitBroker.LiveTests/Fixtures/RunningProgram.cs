using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>A program of ours as a process of its own: what it says is captured, it can be signalled by its pid, and disposing of it kills it.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Lock _lock = new();

    private RunningProgram(Process process) => _process = process;

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Standard output so far.</summary>
    public string Output => Read(_output);

    /// <summary>Standard error so far.</summary>
    public string Errors => Read(_errors);

    /// <summary>Both, for the message of a test that failed.</summary>
    public string Everything => $"{Output}\n{Errors}";

    /// <summary>Starts a program.</summary>
    /// <param name="environment">On top of this process's own; null removes.</param>
    public static RunningProgram Start(string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>(StringComparer.Ordinal))
            start.Environment[name] = value;
        var process = new Process { StartInfo = start };
        var running = new RunningProgram(process);
        process.OutputDataReceived += (_, line) => running.Add(running._output, line.Data);
        process.ErrorDataReceived += (_, line) => running.Add(running._errors, line.Data);
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return running;
    }

    /// <summary>One of our programs, by the name of its dll, run by the installed .NET.</summary>
    public static RunningProgram StartOurs(string dll, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string?>? environment = null) =>
        Start("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, dll), .. arguments], folder, environment);

    /// <summary>Runs to the end.</summary>
    public static async Task<(int Code, string Output, string Errors)> RunOursAsync(string dll, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string?>? environment = null)
    {
        await using var program = StartOurs(dll, arguments, folder, environment);
        var code = await program.ExitAsync();
        return (code, program.Output, program.Errors);
    }

    /// <summary>Waits for the end, at most two minutes; the exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)} did not end within two minutes. It said:\n{Everything}");
        }

        return _process.ExitCode;
    }

    /// <summary>SIGKILL: nothing of it runs after this returns.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>A signal by name, such as <c>TERM</c>, to this process alone.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for words on standard output.</summary>
    public async Task SaysAsync(string words)
    {
        await Eventually.TrueAsync(() => Task.FromResult(HasExited || Output.Contains(words, StringComparison.Ordinal)));
        Assert.True(Output.Contains(words, StringComparison.Ordinal), $"It ended without saying \"{words}\", but:\n{Everything}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private void Add(StringBuilder to, string? line)
    {
        if (line is null)
            return;
        lock (_lock)
            to.Append(line).Append('\n');
    }

    private string Read(StringBuilder from)
    {
        lock (_lock)
            return from.ToString();
    }
}
