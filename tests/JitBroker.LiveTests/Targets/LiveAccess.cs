using System.Text.Json;
using JitBroker.Client;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Targets;

/// <summary>A broker with one real target, and Ana's access to it: asked for, approved, used and given back in chat, as people do.</summary>
internal sealed class LiveAccess : IAsyncDisposable
{
    private readonly ChatWorkspace _workspace;
    private readonly BrokerClient _ana;

    private LiveAccess(ChatWorkspace workspace, BrokerProcess broker, BrokerClient ana) => (_workspace, Broker, _ana) = (workspace, broker, ana);

    public BrokerProcess Broker { get; }

    /// <param name="crashPoints">It can be told where to die.</param>
    public static async Task<LiveAccess> StartAsync(LiveTarget target, bool crashPoints = false)
    {
        var workspace = await ChatWorkspace.StartAsync();
        var broker = await BrokerProcess.StartAsync(workspace, target: target, crashPoints: crashPoints);
        return new LiveAccess(workspace, broker, await workspace.As("U0ANA").SignInAsync(broker.Url));
    }

    /// <summary>Ana asks in chat, Bea presses Approve; the grant's id.</summary>
    public async Task<string> GrantAsync(string ticket)
    {
        var (ana, bea) = (_workspace.As("U0ANA"), _workspace.As("U0BEA"));
        await ana.TypeAsync($"/access request {LiveTarget.Entitlement} 20m {ticket} a look at the target");
        var card = await bea.SeesAsync("the card", m => m.ButtonValue("approve") is not null && m.Says(ticket));
        await bea.PressAsync(card, "approve", card.ButtonValue("approve"));
        string? grant = null;
        await Eventually.TrueAsync(async () => (grant = (await _ana.GetRequestAsync(card.ButtonValue("approve")!, CancellationToken.None)).Value.Grant?.Id) is not null);
        return grant!;
    }

    public async Task<JsonElement> CollectAsync(string grant) => (await _ana.CollectAsync(grant, CancellationToken.None)).Value.Credential;

    /// <summary>Ana is done, says so in chat, and the end is verified.</summary>
    public async Task DoneAsync(string grant)
    {
        await _workspace.As("U0ANA").TypeAsync($"/access done {grant}");
        await Eventually.TrueAsync(async () => (await _ana.GetGrantAsync(grant, CancellationToken.None)).Value is { State: GrantState.Ended, End: GrantEnd.Released, VerifiedEndAt: not null });
    }

    /// <summary>The broker is killed when it next comes by there.</summary>
    public void DieAt(string point) => File.WriteAllText(Path.Combine(Broker.Folder.CrashPoints, "armed"), $"{point}#1");

    public async ValueTask DisposeAsync()
    {
        _ana.Dispose();
        await Broker.DisposeAsync();
        await _workspace.DisposeAsync();
    }
}
