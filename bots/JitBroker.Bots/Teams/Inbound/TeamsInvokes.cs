using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>The invokes that are answered, and what is answered when that goes wrong.</summary>
internal static class TeamsInvokes
{
    public const string Press = "adaptiveCard/action";
    public const string Open = "task/fetch";
    public const string Submit = "task/submit";

    /// <summary>The same, begun from the composer or from the menu of a message (chat-wire B8).</summary>
    public const string OpenExtension = "composeExtension/fetchTask";
    public const string SubmitExtension = "composeExtension/submitAction";

    /// <summary>The verb by which a client asks for its own view of a card; it reads and does nothing.</summary>
    public const string Refresh = "refresh";

    public static bool AreKnown(string? name) => name is Press or Open or Submit or OpenExtension or SubmitExtension;

    /// <summary>What only shows something is answered anew each time; everything else once.</summary>
    public static bool MayHaveAnEffect(TeamsActivity activity) => activity.Name switch
    {
        Open or OpenExtension => false,
        Press => activity.Value.Text("action", "verb") != Refresh,
        _ => true,
    };

    /// <summary>Nothing was changed, as far as anybody can tell.</summary>
    public static TeamsAnswer Broken(TeamsActivity activity, string reference) => Said(activity, 500, "InternalServerError", Refused.Broken(reference).Summary.ToString());

    /// <summary>A sentence, where the answer to this invoke has a place for one.</summary>
    public static TeamsAnswer Said(TeamsActivity activity, int status, string code, string text) => new(200, activity.Name == Press
        ? new JsonObject { ["statusCode"] = status, ["type"] = "application/vnd.microsoft.error", ["value"] = new JsonObject { ["code"] = code, ["message"] = text } }
        : new JsonObject { ["task"] = new JsonObject { ["type"] = "message", ["value"] = text } });

    /// <summary>What an answer says that nobody waits for any more; null: it took effect, and the cards tell it.</summary>
    public static string? WhyNot(TeamsAnswer answer)
    {
        if (answer.Body.Text("task", "type") == "continue")
            return "something in it was not in order. Open the form again to see what.";
        var isError = answer.Body.Text("type") == "application/vnd.microsoft.error";
        return isError ? answer.Body.Text("value", "message") : null;
    }
}
