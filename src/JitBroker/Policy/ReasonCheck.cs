using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>The reason as it would be stored, and whether it will do.</summary>
internal sealed record ReasonCheck(string Text, (RuleResult Rule, string Code, string? Field) Check)
{
    public const int Longest = 2_000;

    private static readonly ConcurrentDictionary<string, Regex?> Patterns = new(StringComparer.Ordinal);

    public static ReasonCheck Of(ReasonRule rule, string? given)
    {
        var trimmed = (given ?? "").Trim();
        if (trimmed.Length > Longest)
            return Fault("", Codes.InvalidValue, "The reason is too long: at most 2,000 characters.");
        if (!FreeText.IsText(trimmed))
            return Fault("", Codes.InvalidValue, "The reason holds characters that are not text (a NUL or half a character).");
        var text = Nfc.Of(trimmed);
        if (text.Length == 0)
            return rule.Required ? Fault("", Codes.ReasonRequired, "Say why you need it." + Hint(rule)) : Fine(text);
        return rule.Pattern is null || Matches(rule.Pattern, text)
            ? Fine(text)
            : Fault(text, Codes.ReasonPattern, "The reason is not of the form asked for here." + (Hint(rule) is { Length: > 0 } hint ? hint : $" It must match {rule.Pattern}"));
    }

    private static ReasonCheck Fine(string text) => new(text, (new RuleResult("reason", true, "The reason will do."), "", null));

    private static ReasonCheck Fault(string text, string code, string why) => new(text, (new RuleResult("reason", false, why), code, "reason"));

    private static string Hint(ReasonRule rule) => string.IsNullOrWhiteSpace(rule.Hint) ? "" : " " + rule.Hint.Trim();

    /// <summary>A pattern that does not compile, or takes too long, matches nothing (rule 10); the catalog does not let one in.</summary>
    private static bool Matches(string pattern, string text)
    {
        try
        {
            return Compiled(pattern)?.IsMatch(text) ?? false;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Null when it does not compile. Linear in the text, so that nobody's reason can hang the broker.</summary>
    internal static Regex? Compiled(string pattern) => Patterns.GetOrAdd(pattern, Compile);

    private static Regex? Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
