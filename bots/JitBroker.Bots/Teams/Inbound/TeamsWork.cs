using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Teams;

/// <summary>Works on messages after their 200, and on invokes whose process died before it had answered.</summary>
internal sealed class TeamsWork(Database database, InboxStore inbox, ITeamsActing acting, TeamsReplies replies, Replica replica, Wakeups wakeups, TimeProvider clock, ILogger<TeamsWork> log)
    : InboxWork<TeamsActivity>(database, inbox, replica, wakeups, clock, log)
{
    public override string Surface => TeamsPeople.SurfaceName;

    protected override bool IsUrgent(TeamsActivity delivery) => false;

    protected override async Task ActAsync(TeamsActivity delivery, bool isLate, CancellationToken cancellationToken)
    {
        if (!delivery.IsInvoke)
        {
            await acting.MessageAsync(delivery, cancellationToken);
            return;
        }

        // Nobody waits for the answer any more: what stood in it is told in private.
        var answer = await acting.InvokeAsync(delivery, cancellationToken);
        if (TeamsInvokes.WhyNot(answer) is { } why)
            await replies.SayAsync(delivery, Refused.Late(why), cancellationToken);
    }

    protected override bool IsTypedAgain(TeamsActivity earlier, TeamsActivity later) =>
        earlier is { Type: TeamsActivity.Message, IsSubmit: false } && later is { Type: TeamsActivity.Message, IsSubmit: false }
        && later.From.Id == earlier.From.Id && later.TenantId == earlier.TenantId && later.Text == earlier.Text;

    protected override Task SayBrokenAsync(TeamsActivity delivery, string reference, CancellationToken cancellationToken) => replies.SayAsync(delivery, Refused.Broken(reference), cancellationToken);

    protected override TeamsActivity Stored(InboxItem item) =>
        TeamsActivity.Of(ChatJson.Stored(item), item.ReceivedAt) ?? throw new InvalidOperationException($"Inbox row {item.Id} is no activity.");
}
