using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace JitBroker.Client;

/// <summary>The contract's word for each member of an enum: <c>BreakGlass</c> is <c>break_glass</c>.</summary>
public static class WireWords
{
    /// <summary>The word for <paramref name="value"/>. <c>Unknown</c> has none: it is only ever read.</summary>
    public static string Of<T>(T value) where T : struct, Enum =>
        Table<T>.Words.TryGetValue(value, out var word) ? word : throw new ArgumentOutOfRangeException(nameof(value), value, "The contract has no word for this value.");

    /// <summary>The member that <paramref name="word"/> names, exactly as the contract spells it; false for anything else.</summary>
    public static bool TryParse<T>(string? word, out T value) where T : struct, Enum
    {
        value = default;
        return word is not null && Table<T>.Members.TryGetValue(word, out value);
    }

    /// <summary>The member that <paramref name="word"/> names.</summary>
    /// <exception cref="FormatException">The contract has no such word.</exception>
    public static T Parse<T>(string word) where T : struct, Enum =>
        TryParse<T>(word, out var value) ? value : throw new FormatException($"'{word}' is none of {string.Join(", ", All<T>())}.");

    /// <summary>Every word, in the order of the enum.</summary>
    public static IReadOnlyList<string> All<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Where(Table<T>.Words.ContainsKey).Select(Of)];

    internal const string UnknownMember = "Unknown";

    private static class Table<T> where T : struct, Enum
    {
        internal static readonly FrozenDictionary<T, string> Words = Enum.GetValues<T>()
            .Where(value => Enum.GetName(value) is not UnknownMember)
            .ToFrozenDictionary(value => value, value => JsonNamingPolicy.SnakeCaseLower.ConvertName(Enum.GetName(value)!));

        internal static readonly FrozenDictionary<string, T> Members = Words.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.Ordinal);
    }
}

/// <summary>
/// Writes an enum as the contract's word. A word that this build does not know reads as the enum's <c>Unknown</c> member, so that an older client
/// survives a newer broker; an enum without that member (the ones in bodies) refuses it.
/// </summary>
public sealed class WireWordConverter<T> : JsonConverter<T> where T : struct, Enum
{
    private static readonly bool ToleratesUnknown = Enum.GetNames<T>().Contains(WireWords.UnknownMember, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            if (WireWords.TryParse<T>(reader.GetString(), out var value))
                return value;
            if (ToleratesUnknown)
                return default;
        }

        throw new JsonException($"This is one of {string.Join(", ", WireWords.All<T>())}.");
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(WireWords.Of(value));
}
