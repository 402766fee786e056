using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Bots.Chat;
using JitBroker.People;
using JitBroker.Reviews;

namespace JitBroker.Bots.Slack;

/// <summary>The form "Review". Its metadata names the grant and nothing more.</summary>
internal sealed class ReviewForm(ChatEmergencies chat, ChatService stories, Requests.RequestReader reader, SlackPeople people, SlackCalls calls, PrivateAnswers answers, Refusals refusals)
{
    public const string CallbackId = "review";
    public const string Verdict = "verdict";
    public const string Comment = "comment";

    /// <summary>Whether the others of the incident are reviewed with it.</summary>
    public const string Together = "together";

    public const string WholeIncident = "incident";
    private const string ThisOne = "this";

    private static readonly IReadOnlyList<FormOption> Choices =
    [
        new(Verdicts.Justified, "Justified", "It was an emergency, and this was needed."),
        new(Verdicts.PolicyGap, "Policy gap", "It was needed, and the catalog should have given it."),
        new(Verdicts.Misuse, "Misuse", "It was not needed. Its taker gets no other until that is lifted."),
    ];

    /// <summary>Who could not review it is told so at once, before they write for nothing.</summary>
    public async Task OpenAsync(SlackDelivery delivery, Actor actor, string grantId, CancellationToken cancellationToken)
    {
        if (await chat.ObjectionToReviewAsync(actor, grantId, cancellationToken) is { } objection)
        {
            await refusals.RecordAsync(actor, "grant.review", null, Ids.IsId(grantId) ? grantId : null, objection, cancellationToken);
            await answers.SayAsync(delivery, Refused.Of(objection), replaceOriginal: false, cancellationToken);
            return;
        }

        var grant = await reader.FindGrantAsync(grantId, cancellationToken);
        var story = grant is null ? null : await stories.StoryAsync(grant.Grant.RequestId, cancellationToken);
        if (story is null || await calls.OpenViewAsync(delivery.TriggerId ?? "", View(story, grantId), cancellationToken) is not SlackReply.Ok)
            await answers.SayAsync(delivery, Refused.TookTooLong(), replaceOriginal: false, cancellationToken);

        // Asked now, so that the submission finds the account checked and need not wait for Slack.
        await people.ResolveAsync(delivery, "chat.review", Assurance.Asked, cancellationToken);
    }

    public static ReviewOrder Entered(JsonObject? view) => new(
        view.Text("private_metadata") ?? "",
        FormState.Option(view, Verdict) ?? FormState.Text(view, Verdict) ?? "",
        FormState.Text(view, Comment) ?? "",
        FormState.Option(view, Together) == WholeIncident);

    internal static ModalView View(RequestStory story, string grantId)
    {
        var review = story.Details.Review;
        var blocks = new List<Block>
        {
            new SectionBlock(new MrkdwnText(Mrkdwn.Of(ChatText.Of($"{EmergencyCard.Headline(story)} at {Say.Time(story.Request.CreatedAt, story.Now)}, {(story.Collections == 0 ? "and never collected it" : $"and collected it {Say.Times(story.Collections)}")}."), Limits.SectionText))),
            new SectionBlock(MessageRenderer.Plain($"Why: {story.Request.Reason}", Limits.SectionText)),
            new InputBlock(Label("What do you find?"), new StaticSelect(RequestView.ActionId, [.. Choices.Select(RequestView.Option)])) { BlockId = Verdict },
            new InputBlock(Label("What did you look at?"), new PlainTextInput(RequestView.ActionId) { Multiline = true, MaxLength = ReviewGrant.CommentLength }) { BlockId = Comment, Hint = Label("The record of this emergency: its taker reads it, and the auditors.") },
        };
        if (review?.Incident is { } incident)
        {
            FormOption[] both = [new(ThisOne, "This access only"), new(WholeIncident, $"Every access of {Cut.To(Clean.Line(incident), 40)} that waits for me")];
            blocks.Add(new InputBlock(Label("What does this cover?"), new StaticSelect(RequestView.ActionId, [.. both.Select(RequestView.Option)]) { InitialOption = RequestView.Option(both[0]) }) { BlockId = Together, Optional = true });
        }

        return new ModalView(CallbackId, Modal.Title("Review"), blocks) { Submit = Modal.Button("Save review"), Close = Modal.Button("Cancel"), PrivateMetadata = Cut.To(grantId, Limits.PrivateMetadata) };
    }

    private static TextObject Label(string text) => MessageRenderer.Plain(text, Limits.InputLabel);
}
