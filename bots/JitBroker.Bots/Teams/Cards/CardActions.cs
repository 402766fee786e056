using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Buttons. Most are <c>Action.Execute</c>, with <c>Action.Submit</c> for clients that do not know it; what opens a form asks for a dialog; a link is a link;
/// a question is asked on a card that unfolds. What a button sends back is a look-up key and nothing more.
/// </summary>
internal static class CardActions
{
    /// <summary>Names in what a button sends back (contract §5).</summary>
    public const string Verb = "verb";
    public const string Id = "id";
    public const string Card = "card";

    /// <summary>A form's own button was pressed, and not the one that opens it: clients leave out fields that are empty.</summary>
    public const string Sent = "sent";

    public static JsonObject Set(IEnumerable<ChatButton> buttons, CardOrigin? origin, bool withFallback) => new()
    {
        ["type"] = "ActionSet", ["actions"] = CardJson.Array(buttons.Select(b => Of(b, origin, withFallback))),
    };

    /// <param name="withFallback">For clients that know no <c>Action.Execute</c>; left out where there is no room for it.</param>
    public static JsonObject Of(ChatButton button, CardOrigin? origin, bool withFallback)
    {
        var title = Title(button.Label);
        if (button.Link is { AbsoluteUri.Length: <= CardLimits.Url, Scheme: "https" or "http" } link)
            return new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = title, ["url"] = link.AbsoluteUri };
        var keys = Keys(button.Value, origin);
        if (FormVerbs.OpensDialog(button.Action))
            return Styled(Submit(title, button.Action, keys, opensDialog: true), button.Style);
        return button.Confirm is { } ask ? Asking(title, ask, button, keys, withFallback) : Execute(title, button.Action, keys, button.Style, withFallback);
    }

    /// <summary>The button that sends a form.</summary>
    /// <param name="isDialog">In a dialog, where <c>Action.Submit</c> is what is understood.</param>
    public static JsonObject Send(string title, string verb, string id, CardOrigin? origin, bool isDialog, ButtonStyle style = ButtonStyle.Primary)
    {
        var keys = Keys(id, origin);
        keys[Sent] = true;
        return isDialog ? Styled(Submit(Title(title), verb, keys, opensDialog: false), style) : Execute(Title(title), verb, keys, style, withFallback: true);
    }

    /// <summary>The button that leaves a form for the card it came from: whatever is entered is neither sent nor checked.</summary>
    public static JsonObject Leave(string title, CardOrigin origin)
    {
        var action = Execute(Title(title), CardRenderer.Refresh, Keys(origin.Id, origin), ButtonStyle.Plain, withFallback: true);
        (action["associatedInputs"], action["fallback"]!["associatedInputs"]) = ("none", "none");
        return action;
    }

    private static JsonObject Execute(string title, string verb, JsonObject keys, ButtonStyle style, bool withFallback)
    {
        var action = new JsonObject { ["type"] = "Action.Execute", ["title"] = title, ["verb"] = verb, ["data"] = keys };
        if (withFallback)
            action["fallback"] = Submit(title, verb, (JsonObject)keys.DeepClone(), opensDialog: false);
        return Styled(action, style);
    }

    private static JsonObject Submit(string title, string verb, JsonObject keys, bool opensDialog)
    {
        keys.Insert(0, Verb, verb);
        if (opensDialog)
            keys.Insert(0, "msteams", new JsonObject { ["type"] = "task/fetch" });
        return new JsonObject { ["type"] = "Action.Submit", ["title"] = title, ["data"] = keys };
    }

    private static JsonObject Asking(string title, ChatConfirm ask, ChatButton button, JsonObject keys, bool withFallback)
    {
        var yes = Execute(Title(ask.Yes), button.Action, keys, button.Style, withFallback);
        var question = new JsonObject
        {
            ["type"] = "AdaptiveCard",
            ["body"] = CardJson.Array([CardText.Block(ChatText.Of($"{Say.Strong(ask.Title)}"), CardLimits.Label), CardText.Block(ask.Text, CardLimits.Fault)]),
            ["actions"] = CardJson.Array([yes]),
        };
        return Styled(new JsonObject { ["type"] = "Action.ShowCard", ["title"] = title, ["card"] = question }, button.Style);
    }

    private static JsonObject Keys(string id, CardOrigin? origin)
    {
        var keys = new JsonObject { [Id] = Cut.To(id, CardLimits.Key) };
        if (origin is not null)
            keys[Card] = origin.Card;
        return keys;
    }

    private static JsonObject Styled(JsonObject action, ButtonStyle style)
    {
        if (style != ButtonStyle.Plain)
            action["style"] = style == ButtonStyle.Primary ? "positive" : "destructive";
        return action;
    }

    private static string Title(string label) => Clean.Line(label) is { Length: > 0 } visible ? Cut.To(visible, CardLimits.ButtonTitle) : "—";
}
