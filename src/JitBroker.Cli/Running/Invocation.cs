using System.CommandLine;
using System.Security.Cryptography;
using JitBroker.Cli.State;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Running;

/// <summary>What one verb works with.</summary>
internal sealed class Invocation(Surroundings around, Screen screen, ParseResult parsed, GlobalOptions options) : IDisposable
{
    private readonly List<BrokerClient> clients = [];

    public Surroundings Around => around;

    public Screen Screen => screen;

    public Times Times { get; } = new(around.Clock);

    public CancellationToken Cancel => around.Interrupts.Token;

    public SessionStore Sessions { get; } = new(new StateDirectory(around.Environment));

    /// <summary>Whether the API's objects are wanted.</summary>
    public bool Json => parsed.GetValue(options.Output) == "json";

    /// <summary>A token from the environment stands in for every stored session.</summary>
    public string? GivenToken => around.Environment("JIT_TOKEN");

    public T? Get<T>(Argument<T> argument) => parsed.GetValue(argument);

    public T? Get<T>(Option<T> option) => parsed.GetValue(option);

    /// <summary>The words joined to one text, or null when there are none.</summary>
    public string? Sentence(Argument<string[]> words) => parsed.GetValue(words) is { Length: > 0 } given ? string.Join(' ', given) : null;

    /// <summary>The broker's address; a usage fault when nothing names one.</summary>
    public Uri Broker => BrokerAddress.Read(parsed.GetValue(options.Url), around.Environment("JIT_URL"), Sessions);

    /// <summary>A client that is nobody.</summary>
    public BrokerClient Anonymous() => Client(null);

    /// <summary>A client with the session that this use needs.</summary>
    public BrokerClient For(SessionUse use) => Client(TokenFor(use));

    /// <summary>What was collected in that session and is kept for programs that ask again.</summary>
    public CredentialCache Credentials(SessionUse use) => new(Sessions.State, Broker, TokenFor(use));

    /// <summary>A client with this token.</summary>
    public BrokerClient Client(string? token)
    {
        var client = new BrokerClient(Broker, token);
        clients.Add(client);
        return client;
    }

    /// <summary>A path as given, from the working directory.</summary>
    public string PathOf(string path) => Path.GetFullPath(path, around.WorkingDirectory);

    /// <summary>A fresh Idempotency-Key.</summary>
    public static string NewKey() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Waits on the injected clock.</summary>
    public Task DelayAsync(TimeSpan time) => Task.Delay(time, around.Clock, Cancel);

    private string TokenFor(SessionUse use) => GivenToken ?? SessionChoice.Token(Sessions, Broker, use, around.Clock.GetUtcNow());

    public void Dispose() => clients.ForEach(client => client.Dispose());
}
