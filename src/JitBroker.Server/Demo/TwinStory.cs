using JitBroker.Client;

namespace JitBroker.Server.Demo;

/// <summary>Chapters of the tour: asked in Slack and decided in Teams, and the reverse; each card and its twin say the same, and a person with both accounts is one voter.</summary>
internal sealed class TwinStory(HttpClient workspace, TourScreen screen, string channel)
{
    private const string Twin = "access-requests";

    private readonly Colleague _ana = new(workspace, "U0ANA");
    private readonly Colleague _bea = new(workspace, "U0BEA");
    private readonly Colleague _eli = new(workspace, "U0ELI");
    private readonly TeamsColleague _anaInTeams = new(workspace, "ana");
    private readonly TeamsColleague _beaInTeams = new(workspace, "bea");
    private readonly TeamsColleague _danInTeams = new(workspace, "dan");

    /// <summary>Asked in Slack, decided in Teams.</summary>
    public async Task DecideInTeamsAsync(BrokerClient terminal, CancellationToken cancellationToken)
    {
        const string command = $"/access request {DemoCatalog.Logs} 20m INC-50 the other half of the team is in Teams";
        await _ana.TypeAsync(channel, command, cancellationToken);
        var card = await _bea.SeesAsync(channel, "the card in Slack", m => m.ButtonValue("approve") is not null && m.Says("INC-50"), cancellationToken);
        var twin = await _danInTeams.SeesAsync(Twin, "the card in Teams, with buttons", m => m.Says("INC-50") && m.Offers("approve"), cancellationToken);
        screen.Says(command, "posts a card in Slack and its twin in Teams");
        await _anaInTeams.SeesAsync(Twin, "the card without buttons", m => m.Id == twin.Id && !m.Offers("approve"), cancellationToken);
        screen.Held("In Teams only those who may decide have the buttons: Dan has them, Ana's card has none");

        await _danInTeams.PressAsync(Twin, twin, "approve", cancellationToken);
        await _bea.SeesAsync(channel, "Dan's approval in Slack", m => m.Ts == card.Ts && m.Says("Approved by Dan") && m.ButtonValue("approve") is null, cancellationToken);
        foreach (var reader in new[] { _anaInTeams, _beaInTeams, _danInTeams })
            await reader.SeesAsync(Twin, "the approval in Teams", m => m.Id == twin.Id && m.Says("Approved by Dan") && !m.Offers("approve"), cancellationToken);
        var request = (await terminal.GetRequestAsync(card.ButtonValue("approve")!, cancellationToken)).Value;
        TourException.Unless(request is { State: RequestState.Approved, Grant: not null }, $"The request is {request.State} after Dan's approval.");
        screen.Held("Dan approves in Teams: the card in Slack and its twin say so, everywhere in place");
        await _ana.TypeAsync(channel, $"/access done {request.Grant!.Id}", cancellationToken);
        await _danInTeams.SeesAsync(Twin, "the end in Teams", m => m.Id == twin.Id && m.Says("Ended"), cancellationToken);
        screen.Held("Ana ends it in Slack: the twin in Teams says that it ended");
    }

    /// <summary>Asked in Teams, decided in Slack; and one voter with two accounts.</summary>
    public async Task DecideInSlackAsync(CancellationToken cancellationToken)
    {
        const string ask = $"request {DemoCatalog.Export} 15m INC-51 the auditors again";
        await _anaInTeams.TypeAsync(TeamsColleague.Personal, ask, cancellationToken);
        var card = await _bea.SeesAsync(channel, "the card in Slack", m => m.ButtonValue("approve") is not null && m.Says("INC-51"), cancellationToken);
        var twin = await _beaInTeams.SeesAsync(Twin, "the card in Teams, with buttons", m => m.Says("INC-51") && m.Offers("approve"), cancellationToken);
        screen.Says(ask, "typed to the bot in Teams; needs one of the data owners and one of security");
        await _bea.PressAsync(channel, card, "approve", card.ButtonValue("approve"), cancellationToken);
        await _beaInTeams.SeesAsync(Twin, "the progress in Teams", m => m.Id == twin.Id && m.Says("1 of 2 approved"), cancellationToken);
        var told = await _beaInTeams.PressOldAsync(Twin, twin, "approve", card.ButtonValue("approve")!, cancellationToken);
        TourException.Unless(told.Contains("decided this already", StringComparison.Ordinal), $"Bea's second approval, in Teams, was answered: {told}");
        screen.Held("Bea approves in Slack and once more in Teams: one person, one vote, and she is told so");

        await _eli.PressAsync(channel, card, "approve", card.ButtonValue("approve"), cancellationToken);
        await _anaInTeams.SeesAsync(Twin, "the approval in Teams", m => m.Id == twin.Id && m.Says("ready for Ana"), cancellationToken);
        await _anaInTeams.SeesAsync(TeamsColleague.Personal, "the news in her chat", m => m.Says("ready for Ana") && m.Offers("done"), cancellationToken);
        screen.Held("Eli approves in Slack: the twin in Teams is ready, and Ana hears of it in her chat there");
        await _anaInTeams.TypeAsync(TeamsColleague.Personal, $"done {DemoCatalog.Export}", cancellationToken);
        await _bea.SeesAsync(channel, "the end in Slack", m => m.Ts == card.Ts && m.Says("Ended"), cancellationToken);
        screen.Held("Ana ends it in Teams: the card in Slack says that it ended");
    }
}
