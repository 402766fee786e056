using JitBroker.Bots.Chat;
using JitBroker.Policy;

namespace JitBroker.Bots.Slack;

/// <summary>Opens the forms that are one modal: who could not send one is told so instead.</summary>
internal sealed class SlackForms(SlackPeople people, SlackCalls calls, PrivateAnswers answers)
{
    /// <param name="form">Or why there is none.</param>
    public async Task OpenAsync(SlackDelivery delivery, Outcome<ChatForm> form, CancellationToken cancellationToken)
    {
        if (form.Refusal is { } refusal)
        {
            await answers.SayAsync(delivery, Refused.Of(refusal), replaceOriginal: false, cancellationToken);
            return;
        }

        if (await calls.OpenViewAsync(delivery.TriggerId ?? "", FormView.Of(form.Value!), cancellationToken) is not SlackReply.Ok)
            await answers.SayAsync(delivery, Refused.TookTooLong(), replaceOriginal: false, cancellationToken);

        // Asked now, so that the submission finds the account checked and need not wait for Slack.
        await people.ResolveAsync(delivery, "chat." + form.Value!.Name, Assurance.Asked, cancellationToken);
    }
}
