using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Scheduling;
using JitBroker.Storage;

namespace JitBroker.Bots.Slack;

/// <summary>
/// The Home tab. From the first time somebody opens theirs there is a copy of it in the outbox, and what moves makes an edit of it: one waits at a time, one is
/// sent at a time, and it is rendered when it is sent, so the last one shows the truth. Who never opened theirs is never sent one.
/// </summary>
internal sealed class SlackHome(
    ReadHome homes, SlackWorkspaces workspaces, SlackPeople people, SlackCalls calls, Database database, OutboxStore outbox, CopyStore copies, Wakeups wakeups, TimeProvider clock)
{
    /// <summary>Stands where a message has its channel; a Home's "message" is its account.</summary>
    private const string Channel = "home";

    /// <summary><c>app_home_opened</c>, of whichever tab.</summary>
    public async Task OpenedAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Payload.Text("event", "tab") != "home" || delivery.UserId is not { } user)
            return;
        var who = await people.ResolveAsync(delivery, "chat.home", Assurance.Asked, cancellationToken);
        if (who.Refusal is { } stranger)
            await calls.PublishAsync(user, MessageRenderer.Home(HomePage.Nothing(stranger)), cancellationToken);
        else
            await RefreshAsync(delivery, who.Value!, cancellationToken);
    }

    /// <summary>Has the Home of the one who acts made anew, soon; and keeps it true from now on.</summary>
    public async Task RefreshAsync(SlackDelivery delivery, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var home = new PostedCopy
        {
            Id = Ids.New(now),
            Surface = SlackInbox.SurfaceName,
            Template = Templates.Home,
            AboutId = actor.Email,
            Recipient = Recipients.Person(actor.Email),
            Tenant = workspaces.Known[0],
            Channel = Channel,
            Message = delivery.UserId!,
            Revision = 0,
            PostedAt = now,
        };
        await database.WriteAsync(
            async session =>
            {
                var kept = await copies.OpenHomeAsync(session, home, cancellationToken);
                await outbox.InsertAsync(session, Announcer.EditOf(kept, now) with { NextAttemptAt = now }, cancellationToken);
                session.AfterCommit(() => wakeups.Pulse(Sweep.DeliverOutbox));
            },
            cancellationToken);
    }

    /// <summary>Shows it as it is now. An account that the catalog has taken from this person is shown nothing of theirs.</summary>
    public async Task<SlackReply> PublishAsync(PostedCopy home, CancellationToken cancellationToken)
    {
        var content = people.IsAccountOf(home.Message, home.AboutId) ? await homes.HandleAsync(home.AboutId, cancellationToken) : null;
        var parts = content is null ? HomePage.Nothing(Refused.NotTheirsAnyMore()) : HomePage.Of(content);
        return await calls.PublishAsync(home.Message, MessageRenderer.Home(parts), cancellationToken);
    }
}
