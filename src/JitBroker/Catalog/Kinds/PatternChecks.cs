using System.Text.RegularExpressions;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// The patterns of one entitlement at RabbitMQ. Those that reach further than they read are faults, unless the entitlement says why: <c>allowWide</c>. For tokens they
/// must also be such that a scope can say them, which knows names and one wildcard.
/// </summary>
internal sealed class PatternChecks(bool allowsWide, bool isToken)
{
    /// <summary>Matches no name; RabbitMQ takes an empty pattern for it too.</summary>
    public const string Nothing = "^$";

    private const string WideRemedy = "Let every alternative begin with fixed characters, as ^(orders|bills)$ and ^orders\\..*$ do, or say why it is right: allowWide: \"reason\".";

    /// <summary>Names that are doors to others: what is written to the default exchange reaches every queue; the firehose shows every message.</summary>
    private static readonly Dictionary<string, (string Name, string Reach)> Doors = new(StringComparer.Ordinal)
    {
        ["write"] = ("amq.default", "the default exchange, through which one writes to every queue of the virtual host"),
        ["read"] = ("amq.rabbitmq.trace", "the firehose, which shows every message of the virtual host while it is on"),
    };

    /// <summary>A pattern for names of queues and exchanges.</summary>
    public string Name(FieldMap map, string right)
    {
        var pattern = Read(map.Take(right), isOpen: false, out var field);
        if (field is not null && !allowsWide && Doors.TryGetValue(right, out var door) && Regex.IsMatch(door.Name, pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)))
            field.Fault($"reaches {door.Name}, {door.Reach}", "Name what is meant, or say why it is right: allowWide: \"reason\".");
        return pattern;
    }

    /// <summary>A pattern for routing keys; it may leave their end open.</summary>
    public string RoutingKey(FieldMap map, string right) => Read(map.Take(right), isOpen: true, out _);

    /// <param name="good">The field, when there is one and nothing is wrong with it.</param>
    private string Read(Field? field, bool isOpen, out Field? good)
    {
        good = null;
        if (field is null or { Node: YamlScalar { Text: "" } } || field.Text(500) is not { } pattern)
            return Nothing;
        if (FaultOf(pattern, isOpen) is { } fault)
            field.Fault(fault.What, fault.Remedy);
        else
            good = field;
        return pattern;
    }

    private (string What, string Remedy)? FaultOf(string pattern, bool isOpen)
    {
        if (!Compiles(pattern))
            return ("is not a regular expression", "Correct it.");
        var read = NamePattern.Read(pattern, isOpen, out var isAnchored);
        if (isToken)
            return read is null || read.Branches.Any(b => b.Rest == NameRest.Something)
                ? ("cannot be said in a token, whose scopes know names and one wildcard at their end", "Write ^orders$, ^(orders|bills)$ or ^orders\\..*$, or use an issuer with mode: user.")
                : Width(read);
        if (allowsWide)
            return null;
        if (pattern is ".*" or ".+")
            return Wide;
        return read is not null ? Width(read) : isAnchored
            ? ("holds something whose reach cannot be told from its text", "Use characters, escapes such as \\., classes, groups and repetition, or say why it is right: allowWide: \"reason\".")
            : ("is not anchored, so it would match every name that contains it", $"Write ^{pattern.Trim('^', '$')}$, with alternatives in brackets: ^(a|b)$.");
    }

    private static (string What, string Remedy) Wide => ("is wider than it looks: it matches every name, or names with nothing in common", WideRemedy);

    private (string What, string Remedy)? Width(NamePattern read) => read.IsWide && !allowsWide ? Wide : null;

    private static bool Compiles(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
