using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.People.SignIn;
using JitBroker.Reconciling;

namespace JitBroker.Bots.Chat;

/// <summary>Messages that are said once and not kept true.</summary>
public static class Notices
{
    /// <summary>The holder's access is about to end. Null when there is nothing to say: it has ended, or was extended and is not about to end any more.</summary>
    public static ChatMessage? Expiry(RequestStory story)
    {
        if (story.Grant is not { State: "active" } grant || grant.EndsAt <= story.Now || story.Now < OpenGrant.NoticeAt(grant) - TimeSpan.FromSeconds(1))
            return null;
        var left = Durations.Human(WholeMinutes(grant.EndsAt - story.Now));
        return new ChatMessage(
            ChatText.Of($"{story.Title} ends in {left}"),
            [
                new ChatPart.Paragraph(ChatText.Of($"{Say.Strong(story.Title)} ends in {Say.Strong(left)}, at {Say.Time(grant.EndsAt, story.Now)}. It ends by itself{(AskerCard.More(story) is null ? "; ask again if you need longer" : "")}.")),
                new ChatPart.Actions([.. AskerCard.More(story) is { } more ? [more] : Array.Empty<ChatButton>(), new ChatButton(ChatActions.Done, "Done", grant.Id)]),
            ]);
    }

    /// <summary>A lease that cannot be ended, for operations. Null when it has been ended meanwhile.</summary>
    public static ChatMessage? Stuck(RequestStory story, Lease lease)
    {
        if (lease is not { State: "revoking", StuckSince: { } since })
            return null;
        var next = lease.NextAttemptAt is { } at ? ChatText.Of($", next {Say.Time(at, story.Now)}") : ChatText.Empty;
        return new ChatMessage(
            ChatText.Of($"An access cannot be ended: {story.Title} of {story.Asker}"),
            [
                new ChatPart.Status(Tone.Alarm, ChatText.Of($"{Say.Strong("ENDING, NOT VERIFIED")} since {Say.Time(since, story.Now)}: {Say.Strong(story.Title)} of {Say.Strong(story.Asker)}")),
                new ChatPart.Verbatim("The target says", lease.LastError ?? "nothing"),
                new ChatPart.Fine(ChatText.Of($"Lease {Say.Code(lease.Id)} at {lease.Target} · attempt {lease.Attempts}{next} · the broker tries for ever; an operator may retry at once or abandon it with a reason.")),
            ]);
    }

    /// <summary>An operator gave up on ending a lease, for operations: who and why is in the audit, what may be left is said here.</summary>
    public static ChatMessage? Abandoned(RequestStory story, Lease lease)
    {
        if (!lease.IsAbandoned)
            return null;
        var by = story.Details.History.LastOrDefault(e => e.Type == "lease.abandoned" && e.AggregateId == lease.Id);
        var reason = by is null ? null : (string?)JsonNode.Parse(by.Data)?["reason"];
        var who = by?.Actor is { } email ? story.NameOf(email) : "an operator";
        return new ChatMessage(
            ChatText.Of($"The end of an access was abandoned: {story.Title} of {story.Asker}"),
            [
                new ChatPart.Status(Tone.Alarm, ChatText.Of($"{Say.Strong("ABANDONED, NOT VERIFIED")} by {Say.Strong(who)}: {Say.Strong(story.Title)} of {Say.Strong(story.Asker)}")),
                new ChatPart.Verbatim("Because", reason ?? "no reason is recorded"),
                new ChatPart.Fine(ChatText.Of($"Lease {Say.Code(lease.Id)} at {lease.Target} · the broker does not try any more; what was handed out may still work until somebody removes it at the target.")),
            ]);
    }

    /// <summary>A catalog did not come into force, for operations.</summary>
    public static ChatMessage Catalog(CatalogNotice notice)
    {
        var lines = string.Join('\n', notice.Lines);
        if (notice.Hash is not { } hash)
            return new ChatMessage(
                ChatText.Of($"The catalog file is broken: the one in force stays"),
                [
                    new ChatPart.Status(Tone.Alarm, ChatText.Of($"{Say.Strong("The catalog file is broken")}: the catalog in force stays. Problems: {notice.Count}.")),
                    new ChatPart.Verbatim("The first of them", lines),
                    new ChatPart.Fine(ChatText.Of($"Correct the file: the broker reads it again by itself.")),
                ]);
        var digits = hash.Length > 12 ? hash[..12] : hash;
        return new ChatMessage(
            ChatText.Of($"A catalog waits for an admin: {digits}"),
            [
                new ChatPart.Status(Tone.Alarm, ChatText.Of($"{Say.Strong("A catalog waits for an admin")}: the one in force stays.")),
                new ChatPart.Verbatim("What it would do", lines),
                new ChatPart.Fine(ChatText.Of($"If that is meant, an admin runs {Say.Code("jit catalog accept " + digits)}. If not, correct the file.")),
            ]);
    }

    /// <summary>How a target behaves, for operations.</summary>
    public static ChatMessage Target(TargetNotice notice, DateTimeOffset now)
    {
        var target = Say.Strong(notice.Target);
        if (notice.News == TargetNotice.Resumed)
            return new ChatMessage(
                ChatText.Of($"{notice.Target} answers again"),
                [new ChatPart.Status(Tone.Good, ChatText.Of($"{target} answers again, after it did not since {Say.Time(notice.Since, now)}. What waited is being done now."))]);
        var isPaused = notice.News == TargetNotice.Paused;
        return new ChatMessage(
            isPaused ? ChatText.Of($"{notice.Target} does not answer") : ChatText.Of($"{notice.Target} denies the broker"),
            [
                new ChatPart.Status(Tone.Alarm, isPaused ? ChatText.Of($"{target} does not answer") : ChatText.Of($"{target} denies the broker: nothing can be minted there")),
                new ChatPart.Verbatim("What came of asking", notice.Why ?? "nothing"),
                new ChatPart.Fine(isPaused
                    ? ChatText.Of($"One attempt at a time goes there until one is answered; the other targets are not delayed. Ends that are due there wait: {Say.Code("jit stuck")} lists them. Credentials there are not minted meanwhile.")
                    : ChatText.Of($"The broker's own rights or its secret are not right there any more. Mend that; nobody is told again until it worked once.")),
            ]);
    }

    /// <summary>What a look at a target found, for operations.</summary>
    public static ChatMessage Reconciliation(ReconciliationNotice notice)
    {
        var issuer = Say.Strong(notice.Issuer);
        var command = Say.Code($"jit reconcile {notice.Issuer} --budget {notice.OverBudget}");
        var status = notice switch
        {
            { OverBudget: > 0 } => ChatText.Of($"{Say.Strong("STANDS AGAIN")} at {issuer}: {notice.OverBudget} leases that were revoked. That is more than the budget of {notice.Budget}, so nothing is ended"),
            { EndedAgain: > 0 } => ChatText.Of($"{Say.Strong("STOOD AGAIN")} at {issuer}: {notice.EndedAgain} {(notice.EndedAgain == 1 ? "lease that was" : "leases that were")} revoked. Being ended once more"),
            _ => ChatText.Of($"What stands at {issuer} does not agree with the leases"),
        };
        var next = notice.OverBudget > 0
            ? ChatText.Of($"If that is meant, an operator runs {command}. If not, somebody should look at the target first.")
            : ChatText.Of($"{Say.Code("jit doctor")} shows the latest look. What is not the broker's own is never touched.");
        return new ChatMessage(
            ChatText.Of($"{notice.Issuer} was compared with the leases: {notice.Count} found"),
            [
                new ChatPart.Status(Tone.Alarm, status),
                new ChatPart.Verbatim("What was found", notice.Lines.Count == 0 ? "nothing more" : string.Join('\n', notice.Lines)),
                new ChatPart.Fine(next),
            ]);
    }

    /// <summary>Somebody signed in as this person.</summary>
    public static ChatMessage SignedIn(PersonSession session, DateTimeOffset now)
    {
        var may = session.MayDecide ? "ask, collect, end, and approve in your name" : "ask, collect and end in your name";
        return new ChatMessage(
            ChatText.Of($"A new sign-in as you from {session.Address}"),
            [
                new ChatPart.Paragraph(ChatText.Of($"{Say.Strong("A new sign-in as you")} from {Say.Strong(session.Address)} at {Say.Time(session.StartedAt, now)}. It may {may} until {Say.Time(session.EndsAt, now)}.")),
                new ChatPart.Verbatim("It says it is", session.Host.Length == 0 ? "(nothing)" : session.Host),
                new ChatPart.Fine(ChatText.Of($"Not you? Press Not me: it ends the session and every credential it collected.")),
                new ChatPart.Actions([new ChatButton(ChatActions.NotMe, "Not me", session.Id, ButtonStyle.Danger)]),
            ]);
    }

    /// <summary>A channel took no message of ours, for operations.</summary>
    public static ChatMessage ChannelRefused(string channel, string why, int told) => ChatMessage.Sentence(ChatText.Of(
        $"I could not post an approval card to {Say.Code(channel)}: {why}. I told {told} approver{(told == 1 ? "" : "s")} by direct message instead. Invite me to the channel, or name another in the catalog."));

    private static TimeSpan WholeMinutes(TimeSpan left) => TimeSpan.FromMinutes(Math.Max(1, Math.Round(left.TotalMinutes)));
}
