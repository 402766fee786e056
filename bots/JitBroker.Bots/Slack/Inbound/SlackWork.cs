using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>Works on what Slack told us after its 200. What opens a form cannot wait, since its trigger lives three seconds.</summary>
internal sealed class SlackWork(Database database, InboxStore inbox, SlackHandlers handlers, PrivateAnswers answers, Replica replica, Wakeups wakeups, TimeProvider clock, ILogger<SlackWork> log)
    : InboxWork<SlackDelivery>(database, inbox, replica, wakeups, clock, log)
{
    public override string Surface => SlackInbox.SurfaceName;

    protected override bool IsUrgent(SlackDelivery delivery) => SlackHandlers.NeedsTrigger(delivery);

    protected override Task ActAsync(SlackDelivery delivery, bool isLate, CancellationToken cancellationToken) => handlers.HandleAsync(delivery, cancellationToken);

    protected override bool IsTypedAgain(SlackDelivery earlier, SlackDelivery later) =>
        earlier.Kind == SlackKinds.Command && later.Kind == SlackKinds.Command
        && later.UserId == earlier.UserId && later.TeamId == earlier.TeamId && later.Payload.Text("text") == earlier.Payload.Text("text");

    protected override Task SayBrokenAsync(SlackDelivery delivery, string reference, CancellationToken cancellationToken) =>
        answers.SayAsync(delivery, Refused.Broken(reference), replaceOriginal: false, cancellationToken);

    protected override SlackDelivery Stored(InboxItem item) => new(item.Id, item.Kind, ChatJson.Stored(item));
}
