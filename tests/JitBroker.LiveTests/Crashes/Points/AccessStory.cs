using System.Globalization;
using System.Text.Json;
using JitBroker.LiveTests.Fixtures;
using Npgsql;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>One access from the ask in chat to its verified end, told apart from all others by its ticket.</summary>
/// <param name="last">The stretch that brings its end.</param>
/// <param name="isEmergency">It is taken (<see cref="Took"/>) and not asked for.</param>
internal sealed class AccessStory(CrashRig rig, int number, Stretch last, bool isEmergency = false) : IStory
{
    private readonly List<JsonElement> _credentials = [];
    private readonly List<NpgsqlConnection> _sessions = [];
    private int _collectCalls;

    public IReadOnlyList<Stretch> Way => last switch
    {
        Stretch.Socket => [last],
        Stretch.Token => [Stretch.Submit, Stretch.Decide, last],
        _ => [Stretch.Submit, Stretch.Decide, Stretch.Collect, last],
    };

    private bool IsToken => last is Stretch.Token or Stretch.Socket;

    private bool Expires => last == Stretch.Expiry;

    /// <summary>The id of the grant; empty before there is one.</summary>
    public string Grant { get; private set; } = "";

    public string Ticket => string.Create(CultureInfo.InvariantCulture, $"INC-{number:000000}");

    private string Mine => $"from requests where reason = '{Ticket}'";

    public async Task GoAsync(Stretch stretch)
    {
        switch (stretch)
        {
            case Stretch.Submit:
                await rig.InsistAsync($"{Ticket}: the request and its card", AskAsync, IsAskedAsync);
                break;
            case Stretch.Decide:
                await rig.InsistAsync($"{Ticket}: the approval", ApproveAsync, IsGrantedAsync);
                break;
            case Stretch.Collect:
                await rig.InsistAsync($"{Ticket}: the credential", CollectAsync, IsCollectedAsync);
                break;
            case Stretch.Expiry:
                await rig.InsistAsync($"{Ticket}: the end by its time", () => Task.CompletedTask, IsEndedAsync);
                break;
            case Stretch.Reload:
                rig.ChangeCatalog(connectionLimit: 10 + number);
                await rig.InsistAsync($"{Ticket}: the end by a new catalog", () => Task.CompletedTask, IsEndedAsync);
                break;
            case Stretch.Token:
                await GoAsync(Stretch.Collect);
                await EndAsync();
                break;
            case Stretch.Socket:
                await rig.RestartAsync();
                await GoAsync(Stretch.Submit);
                await GoAsync(Stretch.Decide);
                await GoAsync(Stretch.Token);
                break;
            default:
                await EndAsync();
                break;
        }
    }

    /// <summary>This is the grant, by which way ever it came about.</summary>
    public void Took(string grant) => Grant = grant;

    /// <summary>The sessions that are open read still.</summary>
    public async Task SessionsGoOnAsync()
    {
        foreach (var session in _sessions)
        {
            await using var command = new NpgsqlCommand("select count(*) from orders", session);
            Assert.NotNull(await command.ExecuteScalarAsync());
        }
    }

    public async Task HoldsAsync()
    {
        Assert.Equal(1, await rig.Evidence.CountAsync($"select count(*) {Mine}"));
        var end = last switch { Stretch.Expiry => "expired", Stretch.Reload => "revoked", _ => "released" };
        Assert.Equal(1, await rig.Evidence.CountAsync($"select count(*) from grants where request_id in (select id {Mine}) and state = 'ended' and end_kind = '{end}'"));
        Assert.InRange(await rig.Evidence.CountAsync($"select count(*) from leases where grant_id = '{Grant}'"), _credentials.Count, _collectCalls);
        foreach (var credential in _credentials)
            Assert.False(IsToken ? await rig.WorksAsync(credential.GetProperty("token").GetString()!) : await TargetDatabase.TakesAsync(credential), $"A credential of {Ticket} works after the end.");
        foreach (var session in _sessions)
            await IsCutAsync(session);
        await rig.InsistAsync($"{Ticket}: cards that tell the end, a record that is sealed, and rest", CorrectStrayCardsAsync, async () => await rig.Rules.IsAtRestAsync() && await CardsTellTheEndAsync());
        await rig.Rules.HoldAtRestAsync();
        var kept = await rig.EverythingKeptAsync();
        foreach (var credential in _credentials)
            Assert.DoesNotContain(credential.GetProperty(IsToken ? "token" : "password").GetString()!, kept, StringComparison.Ordinal);
    }

    private Task AskAsync() => rig.As("U0ANA").TypeAsync($"/access request {(IsToken ? LiveCatalog.Logs : LiveTarget.Entitlement)} {(Expires ? "10s" : "10m")} {Ticket}");

    /// <summary>The request stands, somebody could press its button, and no ask that was typed while nobody listened is still to be worked on.</summary>
    private async Task<bool> IsAskedAsync() =>
        await rig.Evidence.CountAsync($"select count(*) {Mine}") == 1
        && await rig.Evidence.CountAsync("select count(*) from inbox where state = 'received'") == 0
        && (await CardsAsync()).Any(c => c.ButtonValue("approve") is not null);

    private async Task ApproveAsync()
    {
        if ((await CardsAsync()).LastOrDefault(c => c.ButtonValue("approve") is not null) is { } card)
            await rig.As("U0BEA").PressAsync(card, "approve", card.ButtonValue("approve"));
    }

    private async Task<bool> IsGrantedAsync()
    {
        var grants = await rig.Evidence.ReadAsync($"select id from grants where request_id in (select id {Mine})");
        Grant = grants.Count == 0 ? "" : Assert.Single(grants);
        return Grant.Length > 0;
    }

    private async Task CollectAsync()
    {
        _collectCalls++;
        var credential = (await rig.Ana.CollectAsync(Grant, CancellationToken.None)).Value.Credential.Clone();
        _credentials.Add(credential);
        if (!IsToken)
            await LogInAsync(credential);
    }

    /// <summary>The session stays open: the end has to cut it. On a busy machine a short access may be over before.</summary>
    private async Task LogInAsync(JsonElement credential)
    {
        try
        {
            _sessions.Add(await TargetDatabase.LogInAsync(credential));
        }
        catch (PostgresException) when (Expires)
        {
            Assert.True(await IsOverAsync(), $"{Ticket}: the database does not take the credential.");
        }
    }

    private async Task<bool> IsCollectedAsync() =>
        _credentials.Count > 0 || (Expires && await IsOverAsync());

    private Task EndAsync() => rig.InsistAsync($"{Ticket}: the end that its holder asked for", () => rig.As("U0ANA").TypeAsync($"/access done {Grant}"), IsEndedAsync);

    /// <summary>Its time is over, whether or not the broker has seen so.</summary>
    private async Task<bool> IsOverAsync() => Instant((await rig.Evidence.ReadAsync($"select ends_at from grants where id = '{Grant}'"))[0]) <= Now();

    private async Task<bool> IsEndedAsync() => await rig.Evidence.CountAsync($"select count(*) from grants where id = '{Grant}' and state = 'ended'") == 1;

    /// <summary>Everything in the channel that is about this access.</summary>
    private async Task<IReadOnlyList<Server.Demo.Seen>> CardsAsync() => [.. (await rig.As("U0BEA").ReadAsync()).Where(m => m.Says(Ticket))];

    /// <summary>A copy that was posted by a process which died before it heard so is not known to the broker: pressed, it is corrected (design §5).</summary>
    private async Task CorrectStrayCardsAsync()
    {
        foreach (var stray in (await CardsAsync()).Where(c => c.ButtonValue("approve") is not null))
            await rig.As("U0BEA").PressAsync(stray, "approve", stray.ButtonValue("approve"));
    }

    private async Task<bool> CardsTellTheEndAsync()
    {
        var known = (await rig.Evidence.ReadAsync($"select message from copies where template = '{(isEmergency ? "emergency_card" : "approval_card")}' and about_id in (select id {Mine})")).ToHashSet(StringComparer.Ordinal);
        var screen = await rig.As("U0BEA").ReadAsync();
        return known.Count > 0 && screen.Where(m => known.Contains(m.Ts)).All(c => c.Says(last == Stretch.Reload ? "Revoked" : "Ended")) && !screen.Any(m => m.Says(Ticket) && m.ButtonValue("approve") is not null);
    }

    internal static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

#pragma warning disable RS0030 // The brokers of these tests live by the clock of the machine.
    private static DateTimeOffset Now() => TimeProvider.System.GetUtcNow();
#pragma warning restore RS0030

    private static async Task IsCutAsync(NpgsqlConnection session)
    {
        await using (session)
        {
            await using var command = new NpgsqlCommand("select count(*) from orders", session);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync());
        }
    }
}
