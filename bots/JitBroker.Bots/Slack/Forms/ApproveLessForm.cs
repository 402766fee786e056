using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Bots.Chat;
using JitBroker.People;
using JitBroker.Requests;

namespace JitBroker.Bots.Slack;

/// <summary>A yes to less than was asked: the modal that asks how much. Its metadata names the request and nothing more; the use case sees to it that nothing gets wider.</summary>
internal sealed class ApproveLessForm(ChatService chat, SlackPeople people, SlackCalls calls, PrivateAnswers answers, Refusals refusals)
{
    public const string CallbackId = "approve_less";

    /// <summary>Free text; what is typed wins over the choice above it.</summary>
    public const string Duration = "duration";

    public const string Preset = "preset";

    private const int LongestTyped = 40;

    /// <summary>Who could not approve it is told so at once.</summary>
    public async Task OpenAsync(SlackDelivery delivery, Actor actor, string requestId, CancellationToken cancellationToken)
    {
        if (await chat.ObjectionToDecideAsync(actor, requestId, cancellationToken) is { } objection)
        {
            await refusals.RecordAsync(actor, "request.decide", Ids.IsId(requestId) ? requestId : null, null, objection, cancellationToken);
            await answers.SayAsync(delivery, Refused.Of(objection), replaceOriginal: false, cancellationToken);
            return;
        }

        var story = await chat.StoryAsync(requestId, cancellationToken);
        if (story is null || await calls.OpenViewAsync(delivery.TriggerId ?? "", View(LessChoices.Of(story)), cancellationToken) is not SlackReply.Ok)
            await answers.SayAsync(delivery, Refused.TookTooLong(), replaceOriginal: false, cancellationToken);

        // Asked now, so that the submission finds the account checked and need not wait for Slack.
        await people.ResolveAsync(delivery, "chat.approve_less", Assurance.Asked, cancellationToken);
    }

    /// <summary>What was entered, as it stands there: the typed text, else the preset.</summary>
    public static string Entered(JsonObject? view) =>
        FormState.Text(view, Duration) is { } typed && !string.IsNullOrWhiteSpace(typed)
            ? typed.Trim()
            : FormState.Option(view, Duration) ?? FormState.Option(view, Preset) ?? "";

    internal static ModalView View(LessChoices choices)
    {
        var blocks = new List<Block> { new SectionBlock(new MrkdwnText(Mrkdwn.Of(choices.About, Limits.SectionText))) };
        if (choices.Presets.Count > 0)
        {
            var options = choices.Presets.Select(RequestView.Option).ToList();
            var select = new StaticSelect(RequestView.ActionId, options) { InitialOption = choices.Chosen is { } chosen ? RequestView.Option(chosen) : null };
            blocks.Add(new InputBlock(MessageRenderer.Plain("For how long?", Limits.InputLabel), select) { BlockId = Preset });
        }

        var exact = new PlainTextInput(RequestView.ActionId) { MaxLength = LongestTyped, Placeholder = MessageRenderer.Plain("For example 45m", Limits.Placeholder) };
        blocks.Add(new InputBlock(MessageRenderer.Plain(choices.Presets.Count > 0 ? "Or another duration" : "For how long?", Limits.InputLabel), exact)
        {
            BlockId = Duration,
            Optional = choices.Presets.Count > 0,
            Hint = MessageRenderer.Plain($"At most {choices.Asked}{(choices.Presets.Count > 0 ? ", and instead of the choice above" : "")}. It starts when it is approved and ends by itself.", Limits.InputLabel),
        });
        return new ModalView(CallbackId, Modal.Title("Approve for less"), blocks)
        {
            Submit = Modal.Button("Approve"),
            Close = Modal.Button("Cancel"),
            PrivateMetadata = Cut.To(choices.RequestId, Limits.PrivateMetadata),
        };
    }
}
