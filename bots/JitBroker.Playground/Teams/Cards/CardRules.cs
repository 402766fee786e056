using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using static JitBroker.Playground.Blocks.Rules;

namespace JitBroker.Playground.Teams.Cards;

/// <summary>What rules of Adaptive Cards are put together from, beside the common words.</summary>
internal static class CardRules
{
    /// <summary>Enumerations are read in any case.</summary>
    public static Rule AnyCase(params string[] allowed) => (f, n, p) =>
    {
        if (Wire.Text(n) is not { } s || !allowed.Contains(s, StringComparer.OrdinalIgnoreCase)) f.Add($"invalid value, must be one of: {string.Join(", ", allowed)}", p);
    };

    public static Rule AnyObject { get; } = (f, n, p) =>
    {
        if (n is not JsonObject) f.Add("must be an object", p);
    };

    /// <summary>Data goes back to the bot as it is: an object, or a string.</summary>
    public static Rule Data { get; } = (f, n, p) =>
    {
        if (n is not JsonObject && Wire.Text(n) is null) f.Add("must be an object or a string", p);
    };

    public static Rule Number { get; } = (f, n, p) =>
    {
        if (n?.GetValueKind() != JsonValueKind.Number) f.Add("must be a number", p);
    };

    /// <summary>A number of pixels such as <c>80px</c>.</summary>
    public static Rule Pixels { get; } = Shaped(s => s.EndsWith("px", StringComparison.Ordinal) && uint.TryParse(s[..^2], out _), "must be a size in pixels such as 80px");

    /// <summary>Where a reference goes that closes a circle of rules.</summary>
    public static Rule Later(Func<Rule> rule) => (f, n, p) => rule()(f, n, p);

    public static Rule Either(Func<JsonNode?, bool> first, Rule one, Rule other) => (f, n, p) => (first(n) ? one : other)(f, n, p);

    /// <summary>Either <c>drop</c> or what is shown instead.</summary>
    public static Rule Fallback(Func<Rule> instead) => Either(n => Wire.Text(n) is not null, OneOf("drop"), Later(instead));

    public static string[] Spacings { get; } = ["none", "small", "default", "medium", "large", "extraLarge", "padding"];
    public static string[] Sides { get; } = ["left", "center", "right"];
    public static string[] Heights { get; } = ["top", "center", "bottom"];
    public static string[] Styles { get; } = ["default", "emphasis", "good", "attention", "warning", "accent"];
    public static string[] Colors { get; } = ["default", "dark", "light", "accent", "good", "warning", "attention"];
    public static string[] Sizes { get; } = ["default", "small", "medium", "large", "extraLarge"];
}
