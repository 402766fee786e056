using System.Text.RegularExpressions;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>One machine with the real <c>jit</c> on it, and a state directory of its own.</summary>
/// <param name="token">A session from elsewhere, as a script has it; null: it signs in.</param>
internal sealed partial class Terminal(Uri broker, string? token = null) : IDisposable
{
    private readonly BrokerFolder _folder = BrokerFolder.Empty();

    public string Folder => _folder.FolderPath;

    public string Home => Path.Combine(Folder, "jit-home");

    /// <summary>Starts <c>jit</c> and does not wait.</summary>
    public RunningProgram Start(params string[] arguments) => RunningProgram.Start(Path.Combine(AppContext.BaseDirectory, "jit"), arguments, Folder, Environment());

    /// <summary>Runs <c>jit</c> to its end.</summary>
    public async Task<Ran> RunAsync(params string[] arguments)
    {
        await using var program = Start(arguments);
        return new Ran(await program.ExitAsync(), program.Output, program.Errors);
    }

    /// <summary>Starts a sign-in and gives what is to be typed in chat.</summary>
    public async Task<(RunningProgram Login, string Code)> BeginLoginAsync(params string[] options)
    {
        var login = Start(["login", .. options]);
        await login.SaysAsync("and confirm");
        return (login, Code().Match(login.Output).Groups["code"].Value);
    }

    public void Dispose() => _folder.Dispose();

    private Dictionary<string, string?> Environment() => new(StringComparer.Ordinal)
    {
        ["JIT_URL"] = broker.AbsoluteUri,
        ["JIT_HOME"] = Home,
        ["JIT_TOKEN"] = token,
        ["NO_COLOR"] = "1",
    };

    [GeneratedRegex(@"/access login (?<code>\S+)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 60_000)]
    private static partial Regex Code();
}

/// <summary>How a run of <c>jit</c> ended.</summary>
internal sealed record Ran(int Code, string Output, string Errors)
{
    /// <summary>Fails with all that was said unless it ended with this exit code.</summary>
    public Ran Exits(int code)
    {
        Assert.True(Code == code, $"jit ended with {Code}, not {code}.\n{Output}\n{Errors}");
        return this;
    }
}
