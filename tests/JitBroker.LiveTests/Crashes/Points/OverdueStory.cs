using System.Globalization;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>
/// A login that stands at the target, with a session open, and whose mint was never written down as done: past its deadline it is ended there by itself, and its
/// grant goes on until its holder gives it back.
/// </summary>
internal sealed class OverdueStory(CrashRig rig, int number) : IStory
{
    private readonly AccessStory _access = new(rig, number, Stretch.Done);

    public IReadOnlyList<Stretch> Way { get; } = [Stretch.Submit, Stretch.Decide, Stretch.Collect, Stretch.Overdue, Stretch.Done];

    private string Mine => $"from leases where grant_id = '{_access.Grant}'";

    public Task GoAsync(Stretch stretch) => stretch == Stretch.Overdue
        ? rig.InsistAsync($"{_access.Ticket}: the end of a mint that is past its deadline", ForgetMintAsync, IsRevokedAsync)
        : _access.GoAsync(stretch);

    public async Task HoldsAsync()
    {
        Assert.Equal(1, await rig.Evidence.CountAsync($"select count(*) from events where type = 'lease.revoking' and data like '%mint_failed%' and aggregate_id in (select id {Mine})"));
        await _access.HoldsAsync();
    }

    private Task ForgetMintAsync() => rig.ForgeAsync($"update leases set state = 'minting', mint_deadline = '{Now()}' where grant_id = '{_access.Grant}' and state = 'active'");

    private async Task<bool> IsRevokedAsync() =>
        await rig.Evidence.CountAsync($"select count(*) {Mine} and state <> 'revoked'") == 0
        && await rig.Evidence.CountAsync($"select count(*) from grants where id = '{_access.Grant}' and state = 'active'") == 1;

#pragma warning disable RS0030 // The brokers of these tests live by the clock of the machine.
    private static string Now() => TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
#pragma warning restore RS0030
}
