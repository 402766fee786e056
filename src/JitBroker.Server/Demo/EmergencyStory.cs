using System.Text.Json.Nodes;
using JitBroker.Client;

namespace JitBroker.Server.Demo;

/// <summary>Chapters of the tour: two groups must agree; somebody on call takes access in an emergency, everybody is told, and somebody else reviews it.</summary>
internal sealed class EmergencyStory(DemoWorld world, TourScreen screen, HttpClient workspace, string channel)
{
    private const string Loud = "C0BREAK";

    private readonly Colleague _ana = new(workspace, "U0ANA");
    private readonly Colleague _bea = new(workspace, "U0BEA");
    private readonly Colleague _cy = new(workspace, "U0CY");
    private readonly Colleague _eli = new(workspace, "U0ELI");

    /// <summary>A quorum over two groups.</summary>
    public async Task DecideByTwoAsync(BrokerClient terminal, CancellationToken cancellationToken)
    {
        const string command = $"/access request {DemoCatalog.Export} 15m INC-42 the auditors want the raw lines";
        await _ana.TypeAsync(channel, command, cancellationToken);
        var card = await _bea.SeesAsync(channel, "the card of the export", m => m.ButtonValue("approve") is not null && m.Says("full export"), cancellationToken);
        var request = card.ButtonValue("approve")!;
        screen.Says(command, "needs one of the data owners and one of security");
        await _bea.PressAsync(channel, card, "approve", request, cancellationToken);
        await _eli.SeesAsync(channel, "the progress", m => m.Ts == card.Ts && m.Says("1 of 2 approved"), cancellationToken);
        TourException.Unless((await terminal.GetRequestAsync(request, cancellationToken)).Value.State == RequestState.Pending, "One approval of two was enough.");
        screen.Held("Bea's approval alone gives nothing: the card says 1 of 2");
        await _eli.PressAsync(channel, card, "approve", request, cancellationToken);
        await _ana.SeesAsync(channel, "the approved card", m => m.Ts == card.Ts && m.Says("ready for Ana"), cancellationToken);
        var approved = (await terminal.GetRequestAsync(request, cancellationToken)).Value;
        TourException.Unless(approved.State == RequestState.Approved && approved.Decisions.Count == 2, $"The request is {approved.State} after two approvals.");
        screen.Held("Eli of security approves too: two people, one of each group, and the access is there");
        await terminal.EndAsync(approved.Grant!.Id, new EndBody(), null, cancellationToken);
    }

    /// <summary>More time on what Ana holds, in the thread of its card.</summary>
    public async Task ExtendAsync(BrokerClient terminal, string grant, CancellationToken cancellationToken)
    {
        const string command = $"/access extend {DemoCatalog.Logs} 30m INC-42 still looking";
        var before = (await terminal.GetGrantAsync(grant, cancellationToken)).Value.EndsAt;
        await _ana.TypeAsync(channel, command, cancellationToken);
        var card = await _bea.SeesAsync(channel, "the card of the extension", m => m.ButtonValue("approve") is not null && m.Says("30 min more"), cancellationToken);
        screen.Says(command, "asks the same people, in the thread of the same card");
        await _bea.PressAsync(channel, card, "approve", card.ButtonValue("approve"), cancellationToken);
        await _bea.SeesAsync(channel, "the approved extension", m => m.Ts == card.Ts && m.Says("the access lasts until"), cancellationToken);
        var after = (await terminal.GetGrantAsync(grant, cancellationToken)).Value.EndsAt;
        TourException.Unless(after - before == TimeSpan.FromMinutes(30), $"The end moved by {after - before}, not by 30 minutes.");
        screen.Held("The same access ends half an hour later; a second extension would be refused, as the catalog allows one");
    }

    /// <summary>Break-glass with its review.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        const string command = $"/access breakglass {DemoCatalog.Logs} 10m INC-77 checkout is down";
        await _ana.TypeAsync(channel, command, cancellationToken);
        await _ana.SeesAsync(channel, "that she is not on call", m => m.Says("for those on call"), cancellationToken);
        screen.Held("Ana is not on call: emergency access is refused to her, and the attempt is in the record");
        await _cy.TypeAsync(channel, command, cancellationToken);
        await _cy.SubmitAsync("confirm", new JsonObject { ["confirm"] = new JsonObject { ["value"] = DemoCatalog.Logs } }, cancellationToken);
        var card = await _eli.SeesAsync(Loud, "the emergency card", m => m.Says("EMERGENCY ACCESS") && m.Says("Cy Okafor"), cancellationToken);
        var grant = card.ButtonValue("review") ?? throw new TourException("The emergency card has no Review button.");
        screen.Says(command, "opens the form; Cy, on call, types the name to confirm and has access at once");
        screen.Held("The emergency channel, the owners and security are told at once, by a card that is kept true");

        using var terminal = await new ChatSignIn(world.BrokerUrl, screen).HandleAsync(_cy, "Cy", SessionScope.Ask, cancellationToken);
        var taken = (await terminal.GetGrantAsync(grant, cancellationToken)).Value;
        TourException.Unless(taken is { BreakGlass: true, State: GrantState.Active, Review.State: ReviewState.Due }, $"The emergency is {taken.State}, its review {taken.Review?.State}.");
        await _cy.PressAsync(Loud, card, "review", grant, cancellationToken);
        await _cy.SeesAsync(Loud, "that he cannot review himself", m => m.Says("You can't review your own access"), cancellationToken);
        screen.Held("Cy cannot review himself");
        await _eli.PressAsync(Loud, card, "end_now", grant, cancellationToken);
        await _eli.SeesAsync(Loud, "the end on the card", m => m.Ts == card.Ts && m.Says("Revoked") && m.Says("verified"), cancellationToken);
        screen.Held("Eli ends it from the card; the end is verified like any other");
        var verdict = $"/access review {grant} justified read the log: two queries, all about INC-77";
        await _eli.TypeAsync(channel, verdict, cancellationToken);
        await _eli.SeesAsync(Loud, "the review on the card", m => m.Ts == card.Ts && m.Says("Reviewed by"), cancellationToken);
        var reviewed = (await terminal.GetGrantAsync(grant, cancellationToken)).Value.Review!;
        TourException.Unless(reviewed is { State: ReviewState.Done, Verdict: ReviewVerdict.Justified }, $"The review is {reviewed.State}.");
        screen.Says("/access review … justified …", "is Eli's word; an overdue review, or misuse, would keep Cy from the next one");
    }
}
