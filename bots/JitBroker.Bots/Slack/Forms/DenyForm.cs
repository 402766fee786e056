using JitBroker.Audit;
using JitBroker.Bots.Chat;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Bots.Slack;

/// <summary>A no needs a reason: the modal that asks for it. Its metadata names the request and nothing more.</summary>
internal sealed class DenyForm(ChatService chat, SlackPeople people, SlackCalls calls, PrivateAnswers answers, Refusals refusals)
{
    public const string CallbackId = "deny";
    public const string Reason = "reason";

    /// <summary>Who could not deny it is told so at once, before they write a reason for nothing.</summary>
    public async Task OpenAsync(SlackDelivery delivery, Actor actor, string requestId, CancellationToken cancellationToken)
    {
        if (await chat.ObjectionToDecideAsync(actor, requestId, cancellationToken) is { } objection)
        {
            await refusals.RecordAsync(actor, "request.decide", Ids.IsId(requestId) ? requestId : null, null, objection, cancellationToken);
            await answers.SayAsync(delivery, Refused.Of(objection), replaceOriginal: false, cancellationToken);
            return;
        }

        if (await calls.OpenViewAsync(delivery.TriggerId ?? "", View(requestId), cancellationToken) is not SlackReply.Ok)
            await answers.SayAsync(delivery, Refused.TookTooLong(), replaceOriginal: false, cancellationToken);

        // Asked now, so that the submission finds the account checked and need not wait for Slack.
        await people.ResolveAsync(delivery, "chat.deny", Assurance.Asked, cancellationToken);
    }

    internal static ModalView View(string requestId) => new(
        CallbackId,
        Modal.Title("Deny this request"),
        [
            new InputBlock(
                MessageRenderer.Plain("Why?", Limits.InputLabel),
                new PlainTextInput(RequestView.ActionId)
                {
                    Multiline = true,
                    MaxLength = DecideRequest.CommentLength,
                    Placeholder = MessageRenderer.Plain("What should they do instead?", Limits.Placeholder),
                })
            {
                BlockId = Reason,
                Hint = MessageRenderer.Plain("The asker reads it, and everybody who sees the card.", Limits.InputLabel),
            },
        ])
    {
        Submit = Modal.Button("Deny"),
        Close = Modal.Button("Cancel"),
        PrivateMetadata = Cut.To(requestId, Limits.PrivateMetadata),
    };
}
