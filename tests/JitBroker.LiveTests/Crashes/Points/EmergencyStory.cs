using JitBroker.Client;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>A login at the database that is taken in an emergency, given back, and reviewed by somebody else.</summary>
internal sealed class EmergencyStory(CrashRig rig, int number) : IStory
{
    private readonly AccessStory _access = new(rig, number, Stretch.Done, isEmergency: true);

    public IReadOnlyList<Stretch> Way { get; } = [Stretch.Emergency, Stretch.Collect, Stretch.Review, Stretch.Done];

    private string Review => $"from reviews where grant_id = '{_access.Grant}'";

    public async Task GoAsync(Stretch stretch)
    {
        switch (stretch)
        {
            case Stretch.Emergency:
                await rig.InsistAsync($"{_access.Ticket}: the emergency and its loud card", TakeAsync, IsTakenAsync);
                break;
            case Stretch.Review:
                await rig.InsistAsync($"{_access.Ticket}: the review", ReviewAsync, IsReviewedAsync);
                break;
            default:
                await _access.GoAsync(stretch);
                break;
        }
    }

    public async Task HoldsAsync()
    {
        await rig.InsistAsync($"{_access.Ticket}: loud cards that tell the end and the review", CorrectStrayCardsAsync, CardsTellTheReviewAsync);
        await _access.HoldsAsync();
        Assert.Equal(["done justified eli@example.com"], await rig.Evidence.ReadAsync($"select state || ' ' || verdict || ' ' || reviewer {Review}"));
        Assert.Equal(["review.due", "review.done"], await rig.Evidence.ReadAsync($"select type from events where aggregate_id = (select id {Review}) order by version"));
        Assert.Equal(1, await rig.Evidence.CountAsync($"select count(*) from events where type = 'request.approved' and aggregate_id = (select request_id from grants where id = '{_access.Grant}')"));
    }

    /// <summary>As <c>jit breakglass</c> does: the same key again is the same emergency.</summary>
    private async Task TakeAsync()
    {
        var body = new SubmitBody { Entitlement = Fixtures.LiveTarget.Entitlement, Duration = "10m", Reason = _access.Ticket, BreakGlass = true, Incident = _access.Ticket };
        _access.Took((await rig.Ana.SubmitAsync(body, "take-" + _access.Ticket, CancellationToken.None)).Value.Grant!.Id);
    }

    private async Task<bool> IsTakenAsync() => _access.Grant.Length > 0 && (await LoudAsync()).Any(c => c.ButtonValue("review") == _access.Grant);

    private Task ReviewAsync() => rig.As("U0ELI").TypeAsync($"/access review {_access.Grant} justified read the log of {_access.Ticket}");

    private async Task<bool> IsReviewedAsync() =>
        await rig.Evidence.CountAsync($"select count(*) {Review} and state = 'done'") == 1
        && await rig.Evidence.CountAsync("select count(*) from inbox where state = 'received'") == 0;

    /// <summary>A copy that was posted by a process which died before it heard so is not known to the broker: pressed, it is corrected (design §5).</summary>
    private async Task CorrectStrayCardsAsync()
    {
        foreach (var stray in (await LoudAsync()).Where(c => c.ButtonValue("end_now") is not null))
            await rig.As("U0ELI").PressAsync(stray, "end_now", stray.ButtonValue("end_now"));
    }

    private async Task<bool> CardsTellTheReviewAsync() =>
        (await LoudAsync()).All(c => c.Says("Reviewed by") && c.ButtonValue("review") is null && c.ButtonValue("end_now") is null);

    private async Task<IReadOnlyList<Server.Demo.Seen>> LoudAsync() =>
        [.. (await rig.As("U0ELI").ReadAsync()).Where(m => m.Says("EMERGENCY ACCESS") && m.Says(_access.Ticket))];
}
