using System.Globalization;

namespace JitBroker.Bots.Chat;

/// <summary>What a person entered into a form, by field. It comes through their client, so each value is data to be checked like any other.</summary>
/// <param name="Values">What was chosen or typed; of a moment its ISO 8601 form, or whatever else was sent. A field that was left empty is missing.</param>
public sealed record FormValues(IReadOnlyDictionary<string, string> Values)
{
    public static FormValues None { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    public string? Text(string name) => Values.GetValueOrDefault(name);

    /// <summary>As <see cref="Text"/>, trimmed; null when blank.</summary>
    public string? Word(string name) => Text(name) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;

    /// <param name="isReadable">False: something was entered that is no instant.</param>
    public DateTimeOffset? Moment(string name, out bool isReadable)
    {
        isReadable = true;
        if (Word(name) is not { } text)
            return null;
        isReadable = DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at);
        return isReadable ? at : null;
    }

    /// <summary>An instant as <see cref="Moment"/> reads it.</summary>
    public static string OfMoment(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
