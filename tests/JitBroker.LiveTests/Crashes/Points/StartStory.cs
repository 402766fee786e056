namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>The first start of a broker over an empty database, until it could be sent work.</summary>
internal sealed class StartStory(CrashRig rig) : IStory
{
    public IReadOnlyList<Stretch> Way { get; } = [Stretch.Start];

    public Task GoAsync(Stretch stretch) => rig.ComeUpAsync();

    public async Task HoldsAsync()
    {
        await rig.InsistAsync("the rest after the start", () => Task.CompletedTask, rig.Rules.IsAtRestAsync);
        await rig.Rules.HoldAtRestAsync();
        Assert.Equal(1, await rig.Evidence.CountAsync("select count(*) from catalogs"));
        Assert.Equal(["1", "1"], await rig.Evidence.ReadAsync("select count(*) from signing_keys group by alg"));
        Assert.Equal(2, (await rig.ServedKeysAsync()).Count);
    }
}
