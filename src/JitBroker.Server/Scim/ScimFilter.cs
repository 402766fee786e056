using System.Globalization;
using System.Text.Json;

namespace JitBroker.Server.Scim;

/// <summary>One comparison. <paramref name="Path"/> is lower case and without a schema's name: <c>username</c>, <c>emails.value</c>.</summary>
/// <param name="Value">Text, boolean or null; numbers as text.</param>
internal sealed record ScimTerm(string Path, string Operator, object? Value);

/// <summary>
/// Filters as identity providers send them (RFC 7644 §3.4.2.2): comparisons joined by <c>and</c>, the values of one element in brackets. What would need <c>or</c>,
/// <c>not</c> or parentheses is refused as the RFC says, rather than answered wrongly.
/// </summary>
internal sealed class ScimFilter
{
    private const int Longest = 1000;

    private readonly string _text;
    private int _at;

    private ScimFilter(string text) => _text = text;

    /// <exception cref="ScimException">400 <c>invalidFilter</c>.</exception>
    public static IReadOnlyList<ScimTerm> Parse(string text)
    {
        if (text.Length > Longest)
            throw Bad("it is too long");
        var filter = new ScimFilter(text);
        var terms = filter.Terms("").ToList();
        filter.Blanks();
        return filter._at == text.Length ? terms : throw Bad($"\"{text[filter._at..]}\" cannot be read");
    }

    private IEnumerable<ScimTerm> Terms(string prefix)
    {
        do
        {
            foreach (var term in Term(prefix))
                yield return term;
        }
        while (Takes("and"));
    }

    private List<ScimTerm> Term(string prefix)
    {
        var path = Path(prefix);
        var terms = new List<ScimTerm>();
        if (Peek() == '[')
        {
            _at++;
            terms.AddRange(Terms(path + "."));
            if (Peek() != ']')
                throw Bad("a bracket is not closed");
            _at++;
            if (_at == _text.Length || _text[_at] != '.')
                return terms;
            _at++;
            path = path + "." + Word().ToLowerInvariant();
        }

        var operation = Word().ToLowerInvariant();
        terms.Add(operation switch
        {
            "pr" => new ScimTerm(path, operation, null),
            "eq" or "ne" or "co" or "sw" or "ew" => new ScimTerm(path, operation, Value()),
            _ => throw Bad($"\"{operation}\" is not a comparison that is known here"),
        });
        return terms;
    }

    private string Path(string prefix)
    {
        var word = Word();
        return prefix + ScimPath.WithoutSchema(word).ToLowerInvariant();
    }

    private object? Value()
    {
        Blanks();
        if (Peek() == '"')
            return Quoted();
        var word = Word();
        return word.ToLowerInvariant() switch
        {
            "true" => true,
            "false" => false,
            "null" => null,
            _ when decimal.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _) => word,
            _ => throw Bad($"\"{word}\" is no value: texts stand in double quotes"),
        };
    }

    /// <summary>A text of JSON.</summary>
    private string Quoted()
    {
        var start = _at++;
        while (_at < _text.Length && _text[_at] != '"')
            _at += _text[_at] == '\\' ? 2 : 1;
        if (_at >= _text.Length)
            throw Bad("a quotation mark is missing");
        _at++;
        try
        {
            var text = JsonSerializer.Deserialize<string>(_text[start.._at])!;
            return text.Any(char.IsControl) ? throw Bad("a text holds control characters") : text;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Bad("a text cannot be read");
        }
    }

    private bool Takes(string word)
    {
        var before = _at;
        Blanks();
        if (_at + word.Length < _text.Length && _text.AsSpan(_at, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase) && _text[_at + word.Length] == ' ')
        {
            _at += word.Length;
            return true;
        }

        _at = before;
        return false;
    }

    private string Word()
    {
        Blanks();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '.' or '_' or '-' or ':' or '$' or '+'))
            _at++;
        return _at > start ? _text[start.._at] : throw Bad(_at < _text.Length ? $"\"{_text[_at..]}\" cannot be read" : "it ends too soon");
    }

    private char? Peek()
    {
        Blanks();
        return _at < _text.Length ? _text[_at] : null;
    }

    private void Blanks()
    {
        while (_at < _text.Length && _text[_at] == ' ')
            _at++;
    }

    private static ScimException Bad(string why) => ScimException.Invalid("invalidFilter", $"The filter is not one that is known here: {(why.Length <= 200 ? why : why[..200])}. Comparisons joined by \"and\" are.");
}
