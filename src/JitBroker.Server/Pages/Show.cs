using System.Globalization;

namespace JitBroker.Server.Pages;

/// <summary>Instants and numbers in a page.</summary>
internal static class Show
{
    /// <summary>In UTC; the page's script shows it in the reader's own zone.</summary>
    public static Html Time(DateTimeOffset at) =>
        Html.Of($"<time datetime=\"{Show.Iso(at)}\">{at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}</time>");

    /// <summary>For the page's script.</summary>
    public static string Iso(DateTimeOffset at) => Client.InstantConverter.Text(at);

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
