using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace JitBroker.Server.Pages;

/// <summary>
/// Markup. Made by interpolation, <c>Html.Of($"&lt;b&gt;{name}&lt;/b&gt;")</c>: what is interpolated is data and gets encoded, unless it is markup itself. Data may stand
/// between tags and in quoted attributes, nowhere else.
/// </summary>
internal sealed record Html
{
    private readonly string _text;

    private Html(string text) => _text = text;

    public static Html Empty { get; } = new("");

    public static Html Of(HtmlHandler markup) => new(markup.Take());

    public static Html Join(IEnumerable<Html> parts) => new(string.Concat(parts.Select(p => p._text)));

    /// <summary>A file of ours, as it is. Never anything that came from outside.</summary>
    public static Html Own(string text) => new(text);

    public override string ToString() => _text;
}

/// <summary>Collects what an <see cref="Html"/> is made of.</summary>
[InterpolatedStringHandler]
internal sealed class HtmlHandler(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength + (formattedCount * 16));

    public void AppendLiteral(string markup) => _text.Append(markup);

    public void AppendFormatted(string? text) => _text.Append(HtmlEncoder.Default.Encode(text ?? ""));

    public void AppendFormatted(Html markup) => _text.Append(markup.ToString());

    public void AppendFormatted(IEnumerable<Html> parts)
    {
        foreach (var part in parts)
            AppendFormatted(part);
    }

    public string Take() => _text.ToString();
}
