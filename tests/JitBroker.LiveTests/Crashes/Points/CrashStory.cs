using System.Globalization;
using System.Text.Json;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>The stretches of the way of one access; the broker is killed on one of them.</summary>
internal enum Stretch
{
    Submit,
    Decide,
    Collect,
    Done,
    Expiry,
}

/// <summary>One access from the ask in chat to its verified end, told apart from all others by its ticket.</summary>
/// <param name="expires">It ends by its time; otherwise its holder says done.</param>
internal sealed class CrashStory(CrashRig rig, int number, bool expires)
{
    private readonly List<string> _credentials = [];
    private int _collectCalls;
    private string _grant = "";

    private string Ticket => string.Create(CultureInfo.InvariantCulture, $"INC-{number:000000}");

    private string Mine => $"from requests where reason = '{Ticket}'";

    /// <summary>The stretches of this story, in order.</summary>
    public IReadOnlyList<Stretch> Way => expires ? [Stretch.Submit, Stretch.Decide, Stretch.Collect, Stretch.Expiry] : [Stretch.Submit, Stretch.Decide, Stretch.Collect, Stretch.Done];

    public Task GoAsync(Stretch stretch) => stretch switch
    {
        Stretch.Submit => rig.InsistAsync(AskAsync, IsAskedAsync),
        Stretch.Decide => rig.InsistAsync(ApproveAsync, IsGrantedAsync),
        Stretch.Collect => rig.InsistAsync(CollectAsync, IsCollectedAsync),
        Stretch.Done => rig.InsistAsync(() => rig.As("U0ANA").TypeAsync($"/access done {_grant}"), IsEndedAsync),
        _ => rig.InsistAsync(() => Task.CompletedTask, IsEndedAsync),
    };

    /// <summary>What must be true of a finished story, by the database, the target and the screens alone.</summary>
    public async Task HoldsAsync()
    {
        Assert.Equal(1, await rig.Evidence.CountAsync($"select count(*) {Mine}"));
        Assert.Equal(1, await rig.Evidence.CountAsync($"select count(*) from grants where request_id in (select id {Mine}) and state = 'ended'"));
        var leases = await rig.Evidence.CountAsync($"select count(*) from leases where grant_id = '{_grant}'");
        Assert.InRange(leases, _credentials.Count, _collectCalls);
        foreach (var credential in _credentials)
            Assert.False(await rig.WorksAsync(credential), $"A credential of {Ticket} works after the end.");
        await rig.InsistAsync(() => Task.CompletedTask, CardsTellTheEndAsync);
        await rig.Evidence.HoldsAsync();
    }

    private Task AskAsync() => rig.As("U0ANA").TypeAsync($"/access request {LiveCatalog.Logs} {(expires ? "8s" : "10m")} {Ticket}");

    /// <summary>The request stands and somebody could press its button.</summary>
    private async Task<bool> IsAskedAsync() =>
        await rig.Evidence.CountAsync($"select count(*) {Mine}") == 1 && await CardAsync() is not null;

    private async Task ApproveAsync()
    {
        if (await CardAsync() is { } card)
            await rig.As("U0BEA").PressAsync(card, "approve", card.ButtonValue("approve"));
    }

    private async Task<bool> IsGrantedAsync()
    {
        var grants = await rig.Evidence.ReadAsync($"select id from grants where request_id in (select id {Mine})");
        _grant = grants.Count == 0 ? "" : Assert.Single(grants);
        return _grant.Length > 0;
    }

    private async Task CollectAsync()
    {
        _collectCalls++;
        var collected = (await rig.Ana.CollectAsync(_grant, CancellationToken.None)).Value;
        _credentials.Add(collected.Credential.GetProperty("token").GetString()!);
    }

    private async Task<bool> IsCollectedAsync() =>
        _credentials.Count > 0 || (expires && await IsOverAsync());

    private async Task<bool> IsOverAsync() => await rig.Evidence.CountAsync($"select count(*) from grants where id = '{_grant}' and state <> 'active'") == 1;

    private async Task<bool> IsEndedAsync() => await rig.Evidence.CountAsync($"select count(*) from grants where id = '{_grant}' and state = 'ended'") == 1;

    private async Task<Server.Demo.Seen?> CardAsync() =>
        (await rig.As("U0BEA").ReadAsync()).LastOrDefault(m => m.Says(Ticket) && m.ButtonValue("approve") is not null);

    /// <summary>Every copy that the broker knows of; one posted by a process that died before it heard so is corrected at its first press.</summary>
    private async Task<bool> CardsTellTheEndAsync()
    {
        if (await rig.Evidence.CountAsync("select count(*) from deliveries where state in ('pending', 'uncertain') and template <> 'expiry_notice'") > 0)
            return false;
        var known = (await rig.Evidence.ReadAsync($"select message from copies where template = 'approval_card' and about_id in (select id {Mine})")).ToHashSet(StringComparer.Ordinal);
        var cards = (await rig.As("U0BEA").ReadAsync()).Where(m => known.Contains(m.Ts)).ToList();
        return cards.Count > 0 && cards.All(c => c.Says("Ended"));
    }
}
