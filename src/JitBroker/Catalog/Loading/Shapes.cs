using System.Text.RegularExpressions;
using JitBroker.People;

namespace JitBroker.Catalog.Loading;

/// <summary>The shapes of names and accounts (contract §3).</summary>
internal static partial class Shapes
{
    public const int LongestName = 75;

    /// <summary>Reports a key that is no name; true when it is one.</summary>
    public static bool IsName(string name, Field at)
    {
        if (name.Length <= LongestName && Name().IsMatch(name))
            return true;
        at.FaultHere(
            $"\"{name}\" is not a name",
            "Names are at most 75 characters: a-z, 0-9, dot, dash and underscore, beginning with a letter or digit, with at most one colon.");
        return false;
    }

    /// <summary>The canonical address, or null with a problem.</summary>
    public static string? EmailOf(Field field)
    {
        if (field.Text(254) is not { } text)
            return null;
        var email = Emails.Canonical(text);
        if (Emails.IsAddress(email))
            return email;
        field.Fault("is not an e-mail address", "Write it like ana@example.com.");
        return null;
    }

    public static Identity? SlackOf(Field field) =>
        field.Text(SlackAccount(), "a Slack account TEAM/USER such as T0EX/U0ANA") is { } text ? Account("slack", text) : null;

    /// <summary>Ids of Entra are GUIDs, written in any case and sent in lower case.</summary>
    public static Identity? TeamsOf(Field field) =>
        field.Text(TeamsAccount(), "a Teams account TENANT/OBJECT of two GUIDs") is { } text ? Account("teams", text.ToLowerInvariant()) : null;

    private static Identity Account(string surface, string text)
    {
        var parts = text.Split('/');
        return new Identity(surface, parts[0], parts[1]);
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]*(:[a-z0-9][a-z0-9._-]*)?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Name();

    [GeneratedRegex(@"\A[TE][A-Z0-9]{1,20}/[UW][A-Z0-9]{1,20}\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex SlackAccount();

    [GeneratedRegex(@"\A[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}/[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex TeamsAccount();

    [GeneratedRegex(@"\A[CGD][A-Z0-9]{1,20}\z", RegexOptions.CultureInvariant, 1_000)]
    public static partial Regex SlackChannel();

    [GeneratedRegex(@"\A19:[A-Za-z0-9_.-]{1,200}@thread\.(tacv2|skype)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    public static partial Regex TeamsChannel();
}
