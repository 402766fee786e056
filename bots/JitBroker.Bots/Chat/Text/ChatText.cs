using System.Globalization;
using System.Runtime.CompilerServices;

namespace JitBroker.Bots.Chat;

/// <summary>One run of text. A surface decides how it looks; whatever stands in it is data and never markup.</summary>
public abstract record Piece
{
    private Piece()
    {
    }

    public sealed record Plain(string Text) : Piece;

    public sealed record Strong(string Text) : Piece;

    /// <summary>Something to be copied: an id, a command line.</summary>
    public sealed record Code(string Text) : Piece;

    /// <summary>Words to be typed to the bot: <c>mine</c>. Each surface shows them the way they are typed there.</summary>
    public sealed record Command(string Words) : Piece;

    /// <summary>A person who is to notice. <paramref name="Account"/> is theirs on the surface that renders it; empty: they are named only.</summary>
    public sealed record Mention(string Account, string Name) : Piece;

    /// <summary>An instant, shown in the reader's own zone where the surface can.</summary>
    public sealed record Moment(DateTimeOffset At, MomentStyle Style) : Piece;
}

/// <summary>How much of an instant is shown.</summary>
public enum MomentStyle
{
    Time,
    TimeWithSeconds,
    DateAndTime,
}

/// <summary>A line of text for people, surface-neutral. Made by interpolation: <c>ChatText.Of($"{Say.Strong(name)} asks")</c>; what is interpolated is data.</summary>
public sealed record ChatText(IReadOnlyList<Piece> Pieces)
{
    public static ChatText Empty { get; } = new([]);

    public bool IsEmpty => Pieces.Count == 0;

    public static ChatText Of(ChatTextHandler text) => new(text.Pieces);

    /// <summary>One sentence as it is.</summary>
    public static ChatText Plain(string text) => text.Length == 0 ? Empty : new([new Piece.Plain(text)]);

    public static ChatText Join(string separator, IEnumerable<ChatText> parts)
    {
        var pieces = new List<Piece>();
        foreach (var part in parts.Where(p => !p.IsEmpty))
        {
            if (pieces.Count > 0)
                pieces.Add(new Piece.Plain(separator));
            pieces.AddRange(part.Pieces);
        }

        return new ChatText(pieces);
    }

    /// <summary>Without any style, instants in UTC: for the log, for places that know no markup.</summary>
    public override string ToString() => string.Concat(Pieces.Select(Say.Unstyled));

    public bool Equals(ChatText? other) => other is not null && Pieces.SequenceEqual(other.Pieces);

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);
}

/// <summary>Collects what a <see cref="ChatText"/> is made of.</summary>
[InterpolatedStringHandler]
public sealed class ChatTextHandler(int literalLength, int formattedCount)
{
    internal List<Piece> Pieces { get; } = new((literalLength > 0 ? 1 : 0) + (formattedCount * 2));

    public void AppendLiteral(string text) => Pieces.Add(new Piece.Plain(text));

    public void AppendFormatted(string? text)
    {
        if (!string.IsNullOrEmpty(text))
            Pieces.Add(new Piece.Plain(text));
    }

    public void AppendFormatted(int number) => AppendFormatted(number.ToString(CultureInfo.InvariantCulture));

    public void AppendFormatted(Piece piece) => Pieces.Add(piece);

    public void AppendFormatted(ChatText text) => Pieces.AddRange(text.Pieces);
}

/// <summary>The words to write a <see cref="ChatText"/> with.</summary>
public static class Say
{
    /// <summary>How often, one or more: <c>once</c>, <c>3 times</c>.</summary>
    public static string Times(int count) => count == 1 ? "once" : string.Create(CultureInfo.InvariantCulture, $"{count} times");

    public static Piece Strong(string text) => new Piece.Strong(text);

    public static Piece Code(string text) => new Piece.Code(text);

    public static Piece Command(string words) => new Piece.Command(words);

    public static Piece Mention(string? account, string name) => new Piece.Mention(account ?? "", name);

    /// <summary>The time of day, with its date when it is not about now.</summary>
    public static Piece Time(DateTimeOffset at, DateTimeOffset now) =>
        new Piece.Moment(at, (at - now).Duration() < TimeSpan.FromHours(12) ? MomentStyle.Time : MomentStyle.DateAndTime);

    public static Piece Exact(DateTimeOffset at, DateTimeOffset now) =>
        new Piece.Moment(at, (at - now).Duration() < TimeSpan.FromHours(12) ? MomentStyle.TimeWithSeconds : MomentStyle.DateAndTime);

    /// <summary>An instant in UTC, for those who cannot be shown their own zone.</summary>
    public static string InUtc(Piece.Moment moment) => moment.At.UtcDateTime.ToString(
        moment.Style switch
        {
            MomentStyle.Time => "HH:mm 'UTC'",
            MomentStyle.TimeWithSeconds => "HH:mm:ss 'UTC'",
            MomentStyle.DateAndTime => "yyyy-MM-dd HH:mm 'UTC'",
        },
        CultureInfo.InvariantCulture);

    internal static string Unstyled(Piece piece) => piece switch
    {
        Piece.Plain plain => plain.Text,
        Piece.Strong strong => strong.Text,
        Piece.Code code => code.Text,
        Piece.Command command => "/access " + command.Words,
        Piece.Mention mention => mention.Name,
        Piece.Moment moment => InUtc(moment),
        _ => throw new InvalidOperationException($"{piece.GetType().Name} cannot be said."),
    };
}
