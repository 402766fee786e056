using System.Text;
using JitBroker.Cli.Collecting;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Tests.Cli;

/// <summary>What a run left behind.</summary>
internal sealed record Ran(int Exit, byte[] Bytes, string Err)
{
    public string Out => Encoding.UTF8.GetString(Bytes);

    /// <summary>The code: the first word of the first line on standard error.</summary>
    public string Code => Err.Split([' ', '\n', '\r'], 2)[0];
}

/// <summary>A machine with its own state directory, clock and environment, and a broker; runs <c>jit</c> in this process.</summary>
internal sealed class Machine : IAsyncDisposable
{
    internal const string AskToken = "ask-token-3f9a";
    internal const string DecideToken = "decide-token-77c1";
    private readonly string folder = Directory.CreateTempSubdirectory("jit-cli-").FullName;

    private Machine(FakeBroker broker)
    {
        Broker = broker;
        Environment["JIT_URL"] = broker.Address.ToString();
        Environment["JIT_HOME"] = Home;
        Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
    }

    public FakeBroker Broker { get; }

    public JumpingClock Clock { get; } = new();

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    public string Home => Path.Combine(folder, "state", "jit");

    public string Folder => folder;

    public bool Terminal { get; set; }

    /// <summary>What a person at the terminal types; null: nobody is there.</summary>
    public Func<string?>? ReadLine { get; set; }

    public int Width { get; set; } = 140;

    public IChildRunner Children { get; set; } = new ChildRunner();

    public Interrupts Interrupts { get; } = new(listen: false);

    public static async Task<Machine> StartAsync() => new(await FakeBroker.StartAsync());

    /// <summary>A machine that is signed in to ask.</summary>
    public static async Task<Machine> SignedInAsync(bool canDecide = false)
    {
        var machine = await StartAsync();
        machine.SignIn(AskToken, SessionScope.Ask, TimeSpan.FromHours(12));
        if (canDecide)
            machine.SignIn(DecideToken, SessionScope.Decide, TimeSpan.FromMinutes(15));
        return machine;
    }

    public void SignIn(string token, SessionScope scope, TimeSpan life)
    {
        Broker.Sessions[token] = Sample.Session($"01KAM0SESSION{WireWords.Of(scope).ToUpperInvariant()}", scope);
        Store.Save(Broker.Address, scope, token, Clock.GetUtcNow() + life);
    }

    public JitBroker.Cli.State.SessionStore Store => new(new JitBroker.Cli.State.StateDirectory(name => Environment.GetValueOrDefault(name)));

    public async Task<Ran> RunAsync(params string[] args)
    {
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        var exit = await Jit.RunAsync(args, new Surroundings
        {
            Environment = name => Environment.GetValueOrDefault(name), Output = output, Error = error, OutputIsTerminal = Terminal, ErrorIsTerminal = Terminal, ReadLine = ReadLine, Width = Width,
            Clock = Clock, MachineName = "laptop", WorkingDirectory = folder, Children = Children, Interrupts = Interrupts,
        });
        return new Ran(exit, output.ToArray(), error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        Interrupts.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
