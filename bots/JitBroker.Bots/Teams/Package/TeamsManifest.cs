using System.Text.Json.Nodes;

namespace JitBroker.Bots.Teams;

/// <summary>
/// The app's manifest (chat-wire B9), with the least that the bot needs: it is spoken to in personal chats and in teams, and asks for no permission to read what is not said to it.
/// </summary>
internal static class TeamsManifest
{
    public const string ColorIcon = "color.png";
    public const string OutlineIcon = "outline.png";

    /// <summary>Raised with each change of the manifest, so that tenants take the new one.</summary>
    private const string Version = "1.1.0";

    private static readonly (string Title, string Description)[] Commands =
    [
        ("request", "Ask for access: request orders-db:read 1h INC-42"),
        ("mine", "What you have and what you asked for"),
        ("pending", "What waits for your decision"),
        ("done", "Give access back"),
        ("extend", "Ask for more time"),
        ("breakglass", "Emergency access, reviewed afterwards"),
        ("why", "Why you may or may not have something"),
        ("whoami", "Who the broker takes you for"),
        ("link", "Link this account to another of yours"),
        ("help", "All that can be typed"),
    ];

    public static JsonObject Of(string appId, Uri publicUrl)
    {
        var address = publicUrl.AbsoluteUri.TrimEnd('/');
        return new JsonObject
        {
            ["$schema"] = "https://developer.microsoft.com/en-us/json-schemas/teams/v1.17/MicrosoftTeams.schema.json",
            ["manifestVersion"] = "1.17",
            ["version"] = Version,
            ["id"] = appId,
            ["developer"] = new JsonObject { ["name"] = "JitBroker", ["websiteUrl"] = address, ["privacyUrl"] = address, ["termsOfUseUrl"] = address },
            ["name"] = new JsonObject { ["short"] = "JitBroker", ["full"] = "JitBroker: just-in-time access" },
            ["description"] = new JsonObject
            {
                ["short"] = "Ask for temporary access; approve it with a press.",
                ["full"] = "Nobody holds standing access. Ask for what you need and for how long, those who are responsible approve it here, and it ends by itself. Everything is audited.",
            },
            ["icons"] = new JsonObject { ["color"] = ColorIcon, ["outline"] = OutlineIcon },
            ["accentColor"] = TeamsIcons.AccentColor,
            ["defaultInstallScope"] = "personal",
            ["bots"] = new JsonArray(Bot(appId)),
            ["composeExtensions"] = new JsonArray(TeamsExtension.Of(appId)),
            ["validDomains"] = new JsonArray(publicUrl.IdnHost),
        };
    }

    private static JsonObject Bot(string appId) => new()
    {
        ["botId"] = appId,
        ["scopes"] = new JsonArray("personal", "team"),
        ["isNotificationOnly"] = false,
        ["supportsFiles"] = false,
        ["commandLists"] = new JsonArray(new JsonObject
        {
            ["scopes"] = new JsonArray("personal", "team"),
            ["commands"] = new JsonArray([.. Commands.Select(c => new JsonObject { ["title"] = c.Title, ["description"] = c.Description })]),
        }),
    };
}
