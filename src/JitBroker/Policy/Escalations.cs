using System.Globalization;
using JitBroker.Catalog;

namespace JitBroker.Policy;

/// <summary>
/// Which clauses of one request have waited in vain, so that the group they escalate to may decide too. A clause is known by its group, by whom it escalates to and after
/// how long: where today's rule escalates otherwise than the pinned one, each waits for itself. Pure.
/// </summary>
public sealed record Escalations
{
    private readonly string[] _keys;

    private Escalations(IEnumerable<string> keys) => _keys = [.. keys.Distinct(StringComparer.Ordinal)];

    public static Escalations None { get; } = new([]);

    /// <summary>As <see cref="ToText"/> wrote it.</summary>
    public static Escalations Parse(string text) => text.Length == 0 ? None : new Escalations(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>For the row of the request; empty for none. Names of groups hold no blanks.</summary>
    public string ToText() => string.Join(' ', _keys);

    public bool Has(Clause clause) => KeyOf(clause) is { } key && _keys.Contains(key, StringComparer.Ordinal);

    public Escalations With(IEnumerable<Clause> clauses) => new(_keys.Concat(clauses.Select(KeyOf).OfType<string>()));

    /// <summary>The rule as it stands for this request now.</summary>
    public ApprovalRule Of(ApprovalRule rule) => _keys.Length == 0 ? rule : Each(rule, Has);

    /// <summary>The rule when everything in it has escalated: whoever may ever decide.</summary>
    public static ApprovalRule OfAll(ApprovalRule rule) =>
        rule.Stages.Any(s => s.AnyOf.Any(a => a.Clauses.Any(c => c.EscalateTo is not null))) ? Each(rule, c => c.EscalateTo is not null) : rule;

    private static ApprovalRule Each(ApprovalRule rule, Func<Clause, bool> isEscalated) =>
        rule with { Stages = [.. rule.Stages.Select(s => new Stage([.. s.AnyOf.Select(a => new Alternative([.. a.Clauses.Select(c => c with { IsEscalated = isEscalated(c) })]))]))] };

    private static string? KeyOf(Clause clause) =>
        clause is { EscalateTo: { } to, EscalateAfter: { } after } ? string.Create(CultureInfo.InvariantCulture, $"{clause.Group}>{to}@{(long)after.TotalSeconds}") : null;
}
