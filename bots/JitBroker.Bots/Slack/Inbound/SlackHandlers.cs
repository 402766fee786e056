using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>Who works on what. Each handler finishes its inbox row in the transaction of its effect; where there is none, <see cref="SlackWork"/> does.</summary>
internal sealed partial class SlackHandlers(
    SlackCommands commands, SlackPresses presses, SlackSubmissions submissions, RequestFormDesk forms, SlackHome homes, ILogger<SlackHandlers> log)
{
    /// <summary>Whether it may open a form, and so must be worked on within seconds.</summary>
    public static bool NeedsTrigger(SlackDelivery delivery) => delivery.Kind switch
    {
        SlackKinds.Shortcut or SlackKinds.MessageShortcut => true,
        SlackKinds.Command => Grammar.Parse(SlackText.Plain(delivery.Payload.Text("text"))) is ChatCommand.Ask or ChatCommand.BreakGlass or ChatCommand.Review,
        SlackKinds.Press => delivery.IsHome || delivery.Action.Text("action_id") is ChatActions.Deny or ChatActions.ApproveLess or ChatActions.RequestAgain or ChatActions.RequestAccess or ChatActions.BreakGlass or ChatActions.Escalate or ChatActions.Review,
        _ => false,
    };

    public async Task HandleAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        switch (delivery.Kind)
        {
            case SlackKinds.Command:
                await commands.HandleAsync(delivery, cancellationToken);
                break;
            case SlackKinds.Press when delivery.Payload.At("view") is not null && !delivery.IsHome:
                await forms.RefreshAsync(delivery, cancellationToken);
                break;
            case SlackKinds.Press:
                await presses.HandleAsync(delivery, cancellationToken);
                break;
            case SlackKinds.Submission:
                await submissions.AnswerLateAsync(delivery, cancellationToken);
                break;
            case SlackKinds.Shortcut when delivery.Payload.Text("callback_id") == RequestFormDesk.ShortcutId:
                await forms.OpenAsync(delivery, RequestDraft.Empty, cancellationToken);
                break;
            case SlackKinds.MessageShortcut when delivery.Payload.Text("callback_id") == RequestFormDesk.MessageShortcutId:
                await forms.OpenForMessageAsync(delivery, cancellationToken);
                break;
            case SlackKinds.Event when delivery.Payload.Text("event", "type") == "app_home_opened":
                await homes.OpenedAsync(delivery, cancellationToken);
                break;
            case SlackKinds.Event:
                Note(delivery);
                break;
        }
    }

    private void Note(SlackDelivery delivery)
    {
        if (delivery.Payload.Text("event", "type") is "app_uninstalled" or "tokens_revoked")
            LogGone(log, delivery.TeamId ?? "");
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The app was removed from workspace {Team} or its tokens were revoked: nothing can be told there any more. Install it again")]
    private static partial void LogGone(ILogger log, string team);
}
