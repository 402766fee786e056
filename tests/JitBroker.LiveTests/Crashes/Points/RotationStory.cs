using System.Globalization;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>A start at which every signing key has signed for longer than it should: each gets one successor, and what it signed is good until its end.</summary>
internal sealed class RotationStory(CrashRig rig, int number) : IStory
{
    private readonly AccessStory _access = new(rig, number, Stretch.Token);
    private IReadOnlyList<string> _before = [];

    public IReadOnlyList<Stretch> Way { get; } = [Stretch.Submit, Stretch.Decide, Stretch.Collect, Stretch.Rotate, Stretch.Token];

    public async Task GoAsync(Stretch stretch)
    {
        if (stretch != Stretch.Rotate)
        {
            await _access.GoAsync(stretch);
            return;
        }

        _before = await KeysAsync();
        await rig.RestartAsync(() => rig.ForgeAsync($"update signing_keys set signs_from = '{Ago(31)}', signs_until = '{Ago(-14)}', retired_at = '{Ago(-15)}'"));
    }

    public async Task HoldsAsync()
    {
        await _access.HoldsAsync();
        var after = await KeysAsync();
        Assert.Equal(_before.Count + 2, after.Count);
        Assert.Equal(2, await rig.Evidence.CountAsync($"select count(distinct alg) from signing_keys where kid not in ({string.Join(", ", _before.Select(k => $"'{k}'"))})"));
        Assert.Equal(after.Order(StringComparer.Ordinal), (await rig.ServedKeysAsync()).Order(StringComparer.Ordinal));
    }

    private Task<IReadOnlyList<string>> KeysAsync() => rig.Evidence.ReadAsync("select kid from signing_keys");

#pragma warning disable RS0030 // The brokers of these tests live by the clock of the machine.
    private static string Ago(int days) => TimeProvider.System.GetUtcNow().AddDays(-days).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
#pragma warning restore RS0030
}
