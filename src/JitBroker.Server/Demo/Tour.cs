using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using JitBroker.Client;
using JitBroker.Server.Hosting;

namespace JitBroker.Server.Demo;

/// <summary>
/// Plays the whole story by itself, through the very wires people use: the workspace's page calls, signed deliveries, the broker's HTTP API, the guarded
/// service. Nothing reaches past them. Each step either holds or ends the tour.
/// </summary>
internal sealed class Tour(DemoWorld world, TourScreen screen) : IDisposable
{
    private const string Channel = "C0ACCESS";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _workspace = new() { BaseAddress = world.Workspace.Url };
    private readonly HttpClient _service = new() { BaseAddress = world.ServiceUrl };

    /// <exception cref="TourException">A step did not hold.</exception>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        var ana = new Colleague(_workspace, "U0ANA");
        var bea = new Colleague(_workspace, "U0BEA");
        // They take their time to start; their chapters come late.
        world.StartLater(static _ => { }, typeof(DemoAws), typeof(DemoRabbitMq));
        screen.Chapter("Ana signs her terminal in, by chat");
        using var terminal = await SignInAsync(ana, cancellationToken);

        screen.Chapter("Ana asks; she cannot approve herself; Bea can");
        var request = await AskAsync(ana, cancellationToken);
        await RefuseSelfApprovalAsync(ana, request, cancellationToken);
        var grant = await ApproveAsync(bea, terminal, request, cancellationToken);

        screen.Chapter("The credential works, until Ana is done");
        var token = await UseAsync(terminal, grant, cancellationToken);
        var stories = new EmergencyStory(world, screen, _workspace, Channel);
        await stories.ExtendAsync(terminal, grant, cancellationToken);
        await DoneAsync(ana, terminal, grant, token, cancellationToken);

        var access = new TourAccess(screen, Channel, ana, bea, terminal);
        await AtAsync<DemoDatabase>("A database login works, and is cut while it is connected", _ => new DatabaseStory(screen, access).PlayAsync(cancellationToken));
        await AtAsync<DemoDoor>("A door lets a client in, and shuts while it goes on asking", door => new DoorStory(screen, access).PlayAsync(door, cancellationToken));

        screen.Chapter("Short access, approved by rule, ends by itself");
        await ExpireAsync(ana, terminal, cancellationToken);

        screen.Chapter("Two groups must agree");
        await stories.DecideByTwoAsync(terminal, cancellationToken);

        var twins = new TwinStory(_workspace, screen, Channel);
        screen.Chapter("Asked in Slack, decided in Teams");
        await twins.DecideInTeamsAsync(terminal, cancellationToken);

        screen.Chapter("Asked in Teams, decided in Slack");
        await twins.DecideInSlackAsync(cancellationToken);

        screen.Chapter("An emergency: taken at once, told loudly, reviewed by somebody else");
        await stories.TakeAsync(cancellationToken);

        await world.LaterAsync(cancellationToken);
        await AtAsync<DemoRabbitMq>("A consumer of a queue gets messages, and is cut off while it waits", _ => new QueueStory(screen, access).PlayAsync(cancellationToken));

        await AtAsync<DemoAws>("A reader of a stream at AWS is denied while it reads, and others of its role are not", aws => new StreamStory(screen, access).PlayAsync(aws, cancellationToken));

        screen.Chapter("The record");
        await ReadRecordAsync(terminal, request, cancellationToken);

        screen.Chapter("The record is proven, and a forger is caught");
        await new AuditStory(world, _workspace, screen).PlayAsync(cancellationToken);
    }

    public void Dispose()
    {
        _workspace.Dispose();
        _service.Dispose();
    }

    /// <summary>A chapter at a real server, where there is one; otherwise it is said why not.</summary>
    private async Task AtAsync<T>(string title, Func<T, Task> play)
        where T : class, IDemoTarget
    {
        if (world.Targets.Found.OfType<T>().FirstOrDefault() is { } target)
        {
            screen.Chapter(title);
            await play(target);
            return;
        }

        screen.LeftOut(title, world.Targets.AbsenceOf<T>() ?? "nobody has looked for it");
    }

    private async Task<BrokerClient> SignInAsync(Colleague ana, CancellationToken cancellationToken)
    {
        var client = await new ChatSignIn(world.BrokerUrl, screen).HandleAsync(ana, "Ana", SessionScope.Ask, cancellationToken);
        var me = (await client.GetMeAsync(cancellationToken)).Value;
        screen.Held($"Signed in as {me.Email}; the session may ask and collect, not decide");
        return client;
    }

    private async Task<string> AskAsync(Colleague ana, CancellationToken cancellationToken)
    {
        const string command = $"/access request {DemoCatalog.Logs} 30m INC-42 checkout is slow";
        await ana.TypeAsync(Channel, command, cancellationToken);
        var card = await ana.SeesAsync(Channel, "the approval card", m => m.ButtonValue("approve") is not null && m.Says("INC-42"), cancellationToken);
        screen.Says(command, "posts a card for the data owners");
        screen.Held("The request is stored with what was asked, before anybody was told");
        return card.ButtonValue("approve")!;
    }

    private async Task RefuseSelfApprovalAsync(Colleague ana, string request, CancellationToken cancellationToken)
    {
        var card = await ana.SeesAsync(Channel, "the approval card", m => m.ButtonValue("approve") == request, cancellationToken);
        await ana.PressAsync(Channel, card, "approve", request, cancellationToken);
        await ana.SeesAsync(Channel, "the refusal of her own approval", m => m.Says("You can't decide your own request"), cancellationToken);
        screen.Held("Ana presses Approve on her own request: refused, privately, and written down");
    }

    private async Task<string> ApproveAsync(Colleague bea, BrokerClient terminal, string request, CancellationToken cancellationToken)
    {
        var card = await bea.SeesAsync(Channel, "the approval card", m => m.ButtonValue("approve") == request, cancellationToken);
        await bea.PressAsync(Channel, card, "approve", request, cancellationToken);
        await bea.SeesAsync(Channel, "the approved card", m => m.Ts == card.Ts && m.Says("Approved by Bea") && m.ButtonValue("approve") is null, cancellationToken);
        var approved = (await terminal.GetRequestAsync(request, cancellationToken)).Value;
        TourException.Unless(approved.State == RequestState.Approved && approved.Grant is not null, $"The request is {approved.State} after Bea's approval.");
        var grant = (await terminal.GetGrantAsync(approved.Grant!.Id, cancellationToken)).Value;
        screen.Held($"Bea approves: the card says so in place, its buttons are gone; the grant ends at {Clock(grant.EndsAt)} and that end was stored first");
        return grant.Id;
    }

    private async Task<string> UseAsync(BrokerClient terminal, string grant, CancellationToken cancellationToken)
    {
        TourException.Unless(await ReadLogsAsync(null, cancellationToken) == HttpStatusCode.Unauthorized, "The service let somebody in without a token.");
        var collected = (await terminal.CollectAsync(grant, cancellationToken)).Value;
        var token = collected.Credential.GetProperty("token").GetString()!;
        screen.Held($"Ana collects a signed token, shown once and stored nowhere; it dies at {Clock(collected.ExpiresAt)} by itself");
        TourException.Unless(await ReadLogsAsync(token, cancellationToken) == HttpStatusCode.OK, "The service refused a token that stands.");
        screen.Held("The guarded service checks signature, audience and scope, asks the broker, and lets her read");
        return token;
    }

    private async Task DoneAsync(Colleague ana, BrokerClient terminal, string grant, string token, CancellationToken cancellationToken)
    {
        await ana.TypeAsync(Channel, "/access done", cancellationToken);
        var ended = await EndedAsync(terminal, grant, cancellationToken);
        TourException.Unless(ended.End == GrantEnd.Released, $"The grant's end is {ended.End}, not released.");
        screen.Says("/access done", $"ends it; verified at {Clock(ended.VerifiedEndAt!.Value)}");
        TourException.Unless(await ReadLogsAsync(token, cancellationToken) == HttpStatusCode.Unauthorized, "The service still accepts the token.");
        screen.Held("The same token is refused by the service, though its own expiry lies ahead");
    }

    private async Task ExpireAsync(Colleague ana, BrokerClient terminal, CancellationToken cancellationToken)
    {
        const string command = $"/access request {DemoCatalog.Status} 5s posting an update";
        await ana.TypeAsync(Channel, command, cancellationToken);
        var mine = await UntilAsync(
            "the grant that the rule gave",
            async () => (await terminal.ListGrantsAsync(new GrantQuery { Mine = true }, cancellationToken)).Value.Items.FirstOrDefault(g => g.Entitlement == DemoCatalog.Status),
            Glance,
            cancellationToken);
        screen.Says(command, "is within the rule: granted at once, for 5 s");
        var ended = await EndedAsync(terminal, mine.Id, cancellationToken);
        TourException.Unless(ended.End == GrantEnd.Expired, $"The grant's end is {ended.End}, not expired.");
        var late = ended.VerifiedEndAt!.Value - ended.EndsAt;
        screen.Held(string.Create(CultureInfo.InvariantCulture, $"It ended by the clock, verified {late.TotalMilliseconds:0} ms after it was due"));
        try
        {
            await terminal.CollectAsync(mine.Id, cancellationToken);
            throw new TourException("A credential was handed out after the end.");
        }
        catch (BrokerRefusedException e) when (e.Code == Codes.GrantEnded)
        {
            screen.Held("Collecting after the end is refused: " + e.Code);
        }
    }

    private async Task ReadRecordAsync(BrokerClient terminal, string request, CancellationToken cancellationToken)
    {
        var history = (await terminal.GetRequestAsync(request, cancellationToken)).Value.History;
        foreach (var happened in history)
            screen.Line($"{Clock(happened.At)}  {happened.Event,-20} {happened.By?.Name ?? "the broker"}");
        string[] expected = ["request.submitted", "request.vote", "request.approved", "grant.active", "lease.minting", "lease.active", "grant.extended", "grant.ending", "lease.revoking", "lease.revoked", "grant.ended"];
        var missing = expected.Except(history.Select(h => h.Event), StringComparer.Ordinal).ToList();
        TourException.Unless(missing.Count == 0, $"The record lacks {string.Join(", ", missing)}.");
        screen.Held("Every act is in the record, each written in the transaction of its change");
    }

    private async Task<GrantResource> EndedAsync(BrokerClient terminal, string grant, CancellationToken cancellationToken) =>
        await UntilAsync(
            "the verified end of the grant",
            async () => (await terminal.GetGrantAsync(grant, cancellationToken)).Value is { State: GrantState.Ended } ended ? ended : null,
            Glance,
            cancellationToken);

    private async Task<HttpStatusCode> ReadLogsAsync(string? token, CancellationToken cancellationToken)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, "logs");
        if (token is not null)
            ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await _service.SendAsync(ask, cancellationToken);
        return answer.StatusCode;
    }

    private static async Task<T> UntilAsync<T>(string what, Func<Task<T?>> look, TimeSpan pause, CancellationToken cancellationToken)
        where T : class
    {
        using var patience = new CancellationTokenSource(Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            while (true)
            {
                if (await look() is { } found)
                    return found;
                await Task.Delay(pause, either.Token);
            }
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new TourException($"Waited {Patience.TotalSeconds:0} s for {what}; it did not come.");
        }
    }

    private static string Clock(DateTimeOffset at) => at.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
