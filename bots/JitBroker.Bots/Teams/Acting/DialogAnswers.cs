using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Policy;

namespace JitBroker.Bots.Teams;

/// <summary>Answers in a dialog (chat-wire B7).</summary>
internal static class DialogAnswers
{
    /// <summary>More than these need the room.</summary>
    private const int FieldsInView = 3;

    /// <summary>The form, or the form again.</summary>
    public static TeamsAnswer Form(ChatForm form, TimeSpan offset) => Task("continue", new JsonObject
    {
        ["title"] = Cut.To(CardText.Inert(form.Title), CardLimits.ButtonTitle),
        ["height"] = form.Parts.Count > FieldsInView ? "large" : "medium",
        ["width"] = "medium",
        ["card"] = new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = FormCard.Of(form, new FormPlace(IsDialog: true, Origin: null, offset)) },
    });

    /// <summary>A last word before it closes.</summary>
    public static TeamsAnswer Said(ChatText text) => Task("message", CardText.Plain(text, CardLimits.Fault));

    public static TeamsAnswer Refused(Refusal refusal) => Task("message", TeamsWords.Of(refusal));

    private static TeamsAnswer Task(string type, JsonNode value) => new(200, new JsonObject { ["task"] = new JsonObject { ["type"] = type, ["value"] = value } });
}
