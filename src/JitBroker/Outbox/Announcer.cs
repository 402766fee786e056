using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Outbox;

/// <summary>One chat surface that is switched on, and where its messages go by default (empty: no such channel).</summary>
public sealed record ChatSurface(Surface Surface, string Channel, string OperationsChannel, string BreakGlassChannel = "");

/// <summary>The chat surfaces that are switched on.</summary>
public sealed record ChatSurfaces(IReadOnlyList<ChatSurface> All);

/// <summary>
/// Decides who is told what, and writes it down in the transaction of the change (rule 12). Nothing is sent here; what a message says is rendered from
/// the state when it goes out.
/// </summary>
public sealed class Announcer(OutboxStore outbox, CopyStore copies, ChatSurfaces surfaces, Wakeups wakeups)
{
    /// <summary>Most approvers that are told one by one when an entitlement has no channel.</summary>
    public const int DirectMessages = 10;

    /// <summary>How long after it was opened a Home is kept true; an older one is made anew when it is opened again.</summary>
    public static readonly TimeSpan HomeKeptFor = TimeSpan.FromDays(7);

    /// <summary>What moves within this time makes one edit of a Home.</summary>
    public static readonly TimeSpan HomePause = TimeSpan.FromMilliseconds(500);

    /// <summary>A request was made: its cards, to the approvers and to its asker.</summary>
    /// <param name="thread">The request under whose cards they are posted, where the same conversation has one; null: cards of their own.</param>
    public async Task SubmittedAsync(
        Session session, PeopleDirectory directory, Request request, IReadOnlyList<Approver> approvers, string? thread, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (surfaces.All.Count == 0)
            return;
        var entitlement = directory.Catalog.Entitlements[request.Entitlement];
        var data = thread is null ? null : new JsonObject { [Threads.Under] = thread };
        await copies.InsertCardAsync(session, request.Id, cancellationToken);
        foreach (var surface in surfaces.All)
        {
            foreach (var recipient in Audience(directory, entitlement, surface, approvers))
                await AddAsync(session, surface.Surface, Templates.ApprovalCard, request.Id, recipient, now, now, data, cancellationToken);
            if (IsReachable(directory, request.Requester, surface.Surface))
                await AddAsync(session, surface.Surface, Templates.AskerCard, request.Id, Recipients.Person(request.Requester), now, now, data, cancellationToken);
        }

        await HomesAsync(session, directory, request, RequestContent.FromText(request.Content), now, cancellationToken);
        Wake(session);
    }

    /// <summary>
    /// Somebody took an access without asking: the emergency channel, those who would have been asked, who reviews it and its taker are told, each by a card that is
    /// kept true.
    /// </summary>
    public async Task EmergencyAsync(
        Session session, PeopleDirectory directory, Request request, IReadOnlyList<Approver> skipped, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (surfaces.All.Count == 0)
            return;
        await copies.InsertCardAsync(session, request.Id, cancellationToken);
        var entitlement = directory.Catalog.Entitlements[request.Entitlement];
        var reviewers = directory.Members(entitlement.BreakGlass!.ReviewGroup).Where(p => p.Email != request.Requester);
        foreach (var surface in surfaces.All)
        {
            string[] loud = surface.BreakGlassChannel.Length > 0 ? [Recipients.Channel(surface.BreakGlassChannel)] : [];
            var told = loud.Concat(Audience(directory, entitlement, surface, skipped)).Concat(Reachable(directory, surface, reviewers));
            foreach (var recipient in told.Distinct(StringComparer.Ordinal))
                await AddAsync(session, surface.Surface, Templates.EmergencyCard, request.Id, recipient, now, now, null, cancellationToken);
            if (IsReachable(directory, request.Requester, surface.Surface))
                await AddAsync(session, surface.Surface, Templates.AskerCard, request.Id, Recipients.Person(request.Requester), now, now, null, cancellationToken);
        }

        await HomesAsync(session, directory, request, RequestContent.FromText(request.Content), now, cancellationToken);
        Wake(session);
    }

    /// <summary>Tells people how a review stands; what is said is read from it when it is sent.</summary>
    /// <param name="isLoud">The emergency channel is told too, or operations where there is none.</param>
    public async Task ReviewAsync(
        Session session, PeopleDirectory directory, Review review, IReadOnlyList<Person?> people, bool isLoud, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var data = new JsonObject { ["review"] = review.State, ["lifted"] = review.LiftedAt is not null };
        foreach (var surface in surfaces.All)
        {
            var channel = surface.BreakGlassChannel.Length > 0 ? surface.BreakGlassChannel : surface.OperationsChannel;
            string[] loud = isLoud && channel.Length > 0 ? [Recipients.Channel(channel)] : [];
            foreach (var recipient in loud.Concat(Reachable(directory, surface, people.OfType<Person>())).Distinct(StringComparer.Ordinal))
                await AddAsync(session, surface.Surface, Templates.ReviewNotice, review.GrantId, recipient, now, now, data, cancellationToken);
        }

        Wake(session);
    }

    /// <summary>The state behind a request's cards moved: each posted copy is to be edited. Locks the card until the transaction ends.</summary>
    public Task MovedAsync(Session session, string requestId, DateTimeOffset now, CancellationToken cancellationToken) => MovedAsync(session, [requestId], now, cancellationToken);

    /// <summary>As <see cref="MovedAsync(Session, string, DateTimeOffset, CancellationToken)"/>, of several at once; a Home that shows more than one of them is edited once.</summary>
    public async Task MovedAsync(Session session, IReadOnlyCollection<string> requestIds, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (surfaces.All.Count == 0 || requestIds.Count == 0)
            return;
        foreach (var copy in await copies.MoveCardsAsync(session, requestIds, now - HomeKeptFor, cancellationToken))
            await EditAsync(session, copy, now, cancellationToken);
        Wake(session);
    }

    /// <summary>As <see cref="MovedAsync(Session, string, DateTimeOffset, CancellationToken)"/>, when it may be others' turn now: the Homes of all who have a say are to be edited too.</summary>
    public async Task TurnedAsync(Session session, Bench bench, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await HomesAsync(session, bench, now, cancellationToken);
        await MovedAsync(session, bench.Request.Id, now, cancellationToken);
    }

    /// <summary>
    /// Others are asked now than before: each who has no card of their own yet gets one, up to <see cref="DirectMessages"/>, and the thread of every card says so.
    /// </summary>
    public async Task AskedAsync(Session session, Bench before, Bench after, string says, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var cards = await CardsAsync(session, after.Request.Id, cancellationToken);
        var asked = before.Awaited.Select(a => a.Person.Email).Concat(cards.Select(c => Recipients.PersonOf(c.Recipient)).OfType<string>()).ToHashSet(StringComparer.Ordinal);
        foreach (var surface in surfaces.All)
        {
            foreach (var fresh in after.Awaited.Select(a => a.Person.Email).Where(e => !asked.Contains(e) && IsReachable(after.Directory, e, surface.Surface)).Take(DirectMessages))
                await AddAsync(session, surface.Surface, Templates.ApprovalCard, after.Request.Id, Recipients.Person(fresh), now, now, null, cancellationToken);
        }

        foreach (var card in cards.Where(c => Recipients.ChannelOf(c.Recipient) is not null))
            await NoteAsync(session, card, says, now, cancellationToken);
        Wake(session);
    }

    /// <summary>It still waits: a line in the thread of every card whose readers can do something about it.</summary>
    public async Task RemindedAsync(Session session, Bench bench, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var awaited = bench.Awaited.Select(a => a.Person.Email).ToHashSet(StringComparer.Ordinal);
        foreach (var card in await CardsAsync(session, bench.Request.Id, cancellationToken))
        {
            if (Recipients.PersonOf(card.Recipient) is not { } reader || awaited.Contains(reader))
                await NoteAsync(session, card, ThreadNotes.Reminder, now, cancellationToken);
        }

        Wake(session);
    }

    /// <summary>The Homes of its asker and of all who have a say are to be edited. In one order everywhere, so that no two transactions wait for each other.</summary>
    public Task HomesAsync(Session session, Bench bench, DateTimeOffset now, CancellationToken cancellationToken) =>
        HomesAsync(session, bench.Directory, bench.Request, bench.Content, now, cancellationToken);

    /// <summary>Tells one person something on every surface where they are known, at <paramref name="at"/>.</summary>
    public async Task TellAsync(
        Session session, PeopleDirectory directory, string email, string template, string aboutId, DateTimeOffset now, DateTimeOffset at, JsonObject? data, CancellationToken cancellationToken)
    {
        foreach (var surface in surfaces.All.Where(s => IsReachable(directory, email, s.Surface)))
            await AddAsync(session, surface.Surface, template, aboutId, Recipients.Person(email), now, at, data, cancellationToken);
        Wake(session);
    }

    /// <summary>Tells operations, on every surface that has such a channel.</summary>
    public async Task TellOperationsAsync(Session session, string template, string aboutId, DateTimeOffset now, JsonObject? data, CancellationToken cancellationToken)
    {
        foreach (var surface in surfaces.All.Where(s => s.OperationsChannel.Length > 0))
            await AddAsync(session, surface.Surface, template, aboutId, Recipients.Channel(surface.OperationsChannel), now, now, data, cancellationToken);
        Wake(session);
    }

    /// <summary>The edit that brings a copy up to date.</summary>
    public static Delivery EditOf(PostedCopy copy, DateTimeOffset now) => new()
    {
        Id = Ids.New(now),
        Surface = copy.Surface,
        Template = copy.Template,
        AboutId = copy.AboutId,
        Recipient = copy.Recipient,
        CopyId = copy.Id,
        State = DeliveryState.Pending.ToText(),
        CreatedAt = now,
        NextAttemptAt = copy.Template == Templates.Home ? now + HomePause : now,
    };

    private async Task HomesAsync(Session session, PeopleDirectory directory, Request request, RequestContent content, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (surfaces.All.Count == 0)
            return;
        foreach (var home in await copies.HomesAsync(session, now - HomeKeptFor, cancellationToken))
        {
            if (home.AboutId == request.Requester || content.IsUpTo(directory, home.AboutId))
                await EditAsync(session, home, now, cancellationToken);
        }
    }

    private async Task EditAsync(Session session, PostedCopy copy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var edit = EditOf(copy, now);
        await outbox.InsertAsync(session, edit, cancellationToken);
        if (edit.NextAttemptAt > now)
            session.AfterCommit(() => wakeups.DueAt(edit.NextAttemptAt));
    }

    private async Task<IReadOnlyList<PostedCopy>> CardsAsync(Session session, string requestId, CancellationToken cancellationToken) =>
        surfaces.All.Count == 0 ? [] : [.. (await copies.OfRequestAsync(session, requestId, cancellationToken)).Where(c => c.Template == Templates.ApprovalCard)];

    private Task NoteAsync(Session session, PostedCopy card, string says, DateTimeOffset now, CancellationToken cancellationToken) =>
        outbox.InsertAsync(session, EditOf(card, now) with { Template = Templates.ThreadNote, CopyId = null, Data = ThreadNotes.DataOf(card, says).ToJsonString() }, cancellationToken);

    private static IEnumerable<string> Audience(PeopleDirectory directory, Entitlement entitlement, ChatSurface surface, IReadOnlyList<Approver> approvers)
    {
        var own = surface.Surface == Surface.Teams ? entitlement.Channel.Teams : entitlement.Channel.Slack;
        var channel = string.IsNullOrEmpty(own) ? surface.Channel : own;
        return channel.Length > 0
            ? [Recipients.Channel(channel)]
            : approvers.Where(a => IsReachable(directory, a.Person.Email, surface.Surface)).Take(DirectMessages).Select(a => Recipients.Person(a.Person.Email));
    }

    private static IEnumerable<string> Reachable(PeopleDirectory directory, ChatSurface surface, IEnumerable<Person> people) =>
        people.Where(p => IsReachable(directory, p.Email, surface.Surface)).Take(DirectMessages).Select(p => Recipients.Person(p.Email));

    private static bool IsReachable(PeopleDirectory directory, string email, Surface surface) =>
        directory.IdentitiesOf(email).Any(i => i.Surface == surface.ToText());

    private Task AddAsync(
        Session session, Surface surface, string template, string aboutId, string recipient, DateTimeOffset now, DateTimeOffset at, JsonObject? data, CancellationToken cancellationToken) =>
        outbox.InsertAsync(
            session,
            new Delivery
            {
                Id = Ids.New(now),
                Surface = surface.ToText(),
                Template = template,
                AboutId = aboutId,
                Recipient = recipient,
                Data = data?.ToJsonString() ?? "{}",
                State = DeliveryState.Pending.ToText(),
                CreatedAt = now,
                NextAttemptAt = at,
            },
            cancellationToken);

    private void Wake(Session session) => session.AfterCommit(() => wakeups.Pulse(Sweep.DeliverOutbox));
}
