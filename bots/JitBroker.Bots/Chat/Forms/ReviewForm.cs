using JitBroker.Reviews;

namespace JitBroker.Bots.Chat;

/// <summary>The form "Review".</summary>
public static class ReviewForm
{
    public const string Name = "review";
    public const string Verdict = "verdict";
    public const string Comment = "comment";

    /// <summary>Whether the others of the incident are reviewed with it.</summary>
    public const string Together = "together";

    public const string WholeIncident = "incident";
    private const string ThisOne = "this";

    private static readonly IReadOnlyList<FormOption> Verdicts =
    [
        new(Reviews.Verdicts.Justified, "Justified", "It was an emergency, and this was needed."),
        new(Reviews.Verdicts.PolicyGap, "Policy gap", "It was needed, and the catalog should have given it."),
        new(Reviews.Verdicts.Misuse, "Misuse", "It was not needed. Its taker gets no other until that is lifted."),
    ];

    public static ChatForm Of(RequestStory story, string grantId)
    {
        var parts = new List<FormPart>
        {
            new FormPart.Text(ChatText.Of($"{EmergencyCard.Headline(story)} at {Say.Time(story.Request.CreatedAt, story.Now)}, {(story.Collections == 0 ? "and never collected it" : $"and collected it {Say.Times(story.Collections)}")}.")),
            new FormPart.Verbatim("Why", story.Request.Reason),
            new FormPart.Field(Verdict, "What do you find?", new FieldInput.Choice(Verdicts, null)),
            new FormPart.Field(Comment, "What did you look at?", new FieldInput.Words(ReviewGrant.CommentLength, IsLong: true)) { Hint = "The record of this emergency: its taker reads it, and the auditors." },
        };
        if (story.Details.Review?.Incident is { } incident)
        {
            FormOption[] both = [new(ThisOne, "This access only"), new(WholeIncident, $"Every access of {Cut.To(Clean.Line(incident), 40)} that waits for me")];
            parts.Add(new FormPart.Field(Together, "What does this cover?", new FieldInput.Choice(both, both[0])) { IsOptional = true });
        }

        return new ChatForm(Name, "Review", grantId, "Save review", parts);
    }

    public static ReviewOrder Read(FormValues entered, string grantId) =>
        new(grantId, entered.Text(Verdict) ?? "", entered.Text(Comment) ?? "", entered.Text(Together) == WholeIncident);
}
