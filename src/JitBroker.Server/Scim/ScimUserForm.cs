using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.People;
using JitBroker.People.Scim;

namespace JitBroker.Server.Scim;

/// <summary>
/// A user between SCIM's form and ours. Kept are <c>userName</c>, <c>externalId</c>, <c>name</c>, <c>displayName</c>, <c>emails</c> and <c>active</c>; a password, a telephone number
/// or anything else is taken and forgotten.
/// </summary>
internal static class ScimUserForm
{
    private const int LongestText = 255;
    private const int LongestName = 100;
    private const int MostEmails = 20;

    private static readonly string[] NameParts = ["formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix"];

    private static readonly string[] Kept = ["userName", "externalId", "displayName", "active", "name", "emails"];

    /// <summary>An attribute as the schema spells it.</summary>
    public static string NameOf(string lower) => Array.Find(Kept, k => k.Equals(lower, StringComparison.OrdinalIgnoreCase)) ?? lower;

    /// <summary>The attributes of a stored user, to be patched and shown.</summary>
    public static JsonObject Attributes(ScimUser user)
    {
        var attributes = ScimJson.ParseObject(user.Attributes);
        attributes["userName"] = user.UserName;
        if (user.ExternalId is { } external)
            attributes["externalId"] = external;
        attributes["active"] = user.Active;
        return attributes;
    }

    /// <param name="from">As a client sent or patched it.</param>
    /// <param name="active">Where it does not say.</param>
    /// <exception cref="ScimException">400 <c>invalidValue</c>.</exception>
    public static ScimUserDraft Draft(JsonObject from, bool active)
    {
        var userName = Text(from, "userName") ?? throw ScimException.Invalid("invalidValue", "userName is missing.");
        var name = NameIn(from);
        var emails = EmailsIn(from);
        var kept = new JsonObject();
        if (Text(from, "displayName") is { } displayName)
            kept["displayName"] = displayName;
        if (name.Count > 0)
            kept["name"] = name.DeepClone();
        if (emails.Count > 0)
            kept["emails"] = emails.DeepClone();
        return new ScimUserDraft(userName, Text(from, "externalId"), Address(emails, userName), Called(from, name, userName), ActiveIn(from, active), kept.ToJsonString());
    }

    private static bool ActiveIn(JsonObject from, bool otherwise)
    {
        if (from["active"] is not { } value)
            return otherwise;
        return ScimJson.Flag(value) ?? throw ScimException.Invalid("invalidValue", "active is neither true nor false.");
    }

    private static string? Text(JsonObject from, string name, string? shown = null)
    {
        if (from[name] is not { } value)
            return null;
        if (ScimJson.Text(value) is not { } text || text.Length > LongestText || text.Any(char.IsControl))
            throw ScimException.Invalid("invalidValue", $"{shown ?? name} is not a text of at most 255 visible characters.");
        return text.Trim().Length == 0 ? null : text.Trim();
    }

    private static JsonObject NameIn(JsonObject from)
    {
        var kept = new JsonObject();
        if (from["name"] is not { } value)
            return kept;
        var name = value as JsonObject ?? throw ScimException.Invalid("invalidValue", "name is an object.");
        foreach (var part in NameParts)
        {
            if (Text(name, part, "name." + part) is { } text)
                kept[part] = text;
        }

        return kept;
    }

    private static JsonArray EmailsIn(JsonObject from)
    {
        var kept = new JsonArray();
        if (from["emails"] is not { } value)
            return kept;
        if (value is not JsonArray list || list.Count > MostEmails)
            throw ScimException.Invalid("invalidValue", "emails is a list of at most 20 addresses.");
        foreach (var item in list)
        {
            var email = item as JsonObject ?? throw ScimException.Invalid("invalidValue", "An element of emails is an object.");
            if (Text(email, "value", "emails.value") is not { } address)
                continue;
            if (!Emails.IsAddress(Emails.Canonical(address)))
                throw ScimException.Invalid("invalidValue", "emails.value is not an e-mail address.");
            var one = new JsonObject { ["value"] = address };
            if (Text(email, "type", "emails.type") is { } type)
                one["type"] = type;
            if (ScimJson.Flag(email["primary"]) == true)
                one["primary"] = true;
            kept.Add(one);
        }

        return kept.Count(e => e!["primary"] is not null) > 1 ? throw ScimException.Invalid("invalidValue", "More than one of emails is primary.") : kept;
    }

    /// <summary>The address that makes the person: the primary one, else that of work, else the first, else a user name that is one.</summary>
    private static string? Address(JsonArray emails, string userName)
    {
        var chosen = emails.FirstOrDefault(e => e!["primary"] is not null)
            ?? emails.FirstOrDefault(e => "work".Equals(ScimJson.Text(e!["type"]), StringComparison.OrdinalIgnoreCase))
            ?? emails.FirstOrDefault();
        var address = Emails.Canonical(ScimJson.Text(chosen?["value"]) ?? userName);
        return Emails.IsAddress(address) ? address : null;
    }

    private static string Called(JsonObject from, JsonObject name, string userName)
    {
        var parts = string.Join(' ', new[] { ScimJson.Text(name["givenName"]), ScimJson.Text(name["familyName"]) }.OfType<string>());
        var called = Visible(Text(from, "displayName") ?? ScimJson.Text(name["formatted"]) ?? (parts.Length > 0 ? parts : userName));
        return called.Length <= LongestName ? called : called[..(char.IsHighSurrogate(called[LongestName - 1]) ? LongestName - 1 : LongestName)];
    }

    /// <summary>A name is shown to those who decide: nothing invisible in it, nothing that turns the text around.</summary>
    private static string Visible(string text) =>
        string.Concat(text.EnumerateRunes().Where(r => System.Text.Rune.GetUnicodeCategory(r) is not (UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)).Select(r => r.ToString()));
}
