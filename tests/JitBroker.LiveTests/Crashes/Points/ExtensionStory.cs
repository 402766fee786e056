namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>A login at the database that is extended while a session is open: the same grant, the same role and the same session go on, until their holder gives them back.</summary>
internal sealed class ExtensionStory(CrashRig rig, int number) : IStory
{
    private readonly AccessStory _access = new(rig, number, Stretch.Done);

    public IReadOnlyList<Stretch> Way { get; } = [Stretch.Submit, Stretch.Decide, Stretch.Collect, Stretch.Extend, Stretch.Done];

    private string Words => $"{_access.Ticket} goes on";

    private string Mine => $"from requests where kind = 'extension' and extends_grant = '{_access.Grant}'";

    public async Task GoAsync(Stretch stretch)
    {
        if (stretch != Stretch.Extend)
        {
            await _access.GoAsync(stretch);
            return;
        }

        await rig.InsistAsync($"{_access.Ticket}: the extension and its card", AskAsync, IsAskedAsync);
        await rig.InsistAsync($"{_access.Ticket}: the later end, at the target too", ApproveAsync, IsProlongedAsync);
        await _access.SessionsGoOnAsync();
    }

    public async Task HoldsAsync()
    {
        Assert.Equal(["approved"], await rig.Evidence.ReadAsync($"select state {Mine}"));
        Assert.Equal(1, await rig.Evidence.CountAsync($"select count(*) from events where aggregate_id = '{_access.Grant}' and type = 'grant.extended'"));
        await _access.HoldsAsync();
    }

    private Task AskAsync() => rig.As("U0ANA").TypeAsync($"/access extend {_access.Grant} 10m {Words}");

    private async Task<bool> IsAskedAsync() =>
        await rig.Evidence.CountAsync($"select count(*) {Mine}") == 1
        && await rig.Evidence.CountAsync("select count(*) from inbox where state = 'received'") == 0
        && await CardAsync() is not null;

    private async Task ApproveAsync()
    {
        if (await CardAsync() is { } card)
            await rig.As("U0BEA").PressAsync(card, "approve", card.ButtonValue("approve"));
    }

    /// <summary>The grant ends twenty minutes after its start; so does its lease, and so does its role at the target, read there.</summary>
    private async Task<bool> IsProlongedAsync()
    {
        var rows = await rig.Evidence.RowsAsync(
            $"select g.starts_at, g.ends_at, l.expires_at, l.id from grants g join leases l on l.grant_id = g.id where g.id = '{_access.Grant}' and l.state = 'active' and l.prolong_until is null");
        return rows.Count > 0 && await rig.AreEndsAtTargetAsync(rows.Select(r => (r[3], AccessStory.Instant(r[2]))))
            && rows.All(r => AccessStory.Instant(r[1]) - AccessStory.Instant(r[0]) == TimeSpan.FromMinutes(20) && r[1] == r[2]);
    }

    private async Task<Server.Demo.Seen?> CardAsync() => (await rig.As("U0BEA").ReadAsync()).LastOrDefault(m => m.Says(Words) && m.ButtonValue("approve") is not null);
}
