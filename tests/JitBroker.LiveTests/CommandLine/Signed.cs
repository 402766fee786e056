using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.CommandLine;

/// <summary>A broker, and the terminals of Ana (may ask) and Bea (may decide), signed in by chat as people do.</summary>
public sealed class Signed : IAsyncLifetime
{
    internal ChatWorkspace Workspace { get; private set; } = null!;

    internal BrokerProcess Broker { get; private set; } = null!;

    internal Terminal Ana { get; private set; } = null!;

    internal Terminal Bea { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Workspace = await ChatWorkspace.StartAsync();
        Broker = await BrokerProcess.StartAsync(Workspace);
        (Ana, Bea) = (new Terminal(Broker.Url), new Terminal(Broker.Url));
        await Task.WhenAll(SignInAsync(Ana, "U0ANA"), SignInAsync(Bea, "U0BEA", "--can-decide"));
    }

    public async ValueTask DisposeAsync()
    {
        Ana.Dispose();
        Bea.Dispose();
        await Broker.DisposeAsync();
        await Workspace.DisposeAsync();
    }

    /// <summary>What the terminal said when it was signed in.</summary>
    internal async Task<string> SignInAsync(Terminal terminal, string user, params string[] options)
    {
        var (login, code) = await terminal.BeginLoginAsync(options);
        await using (login)
        {
            await Workspace.As(user).ConfirmAsync(code);
            Assert.Equal(0, await login.ExitAsync());
            return login.Output;
        }
    }
}
