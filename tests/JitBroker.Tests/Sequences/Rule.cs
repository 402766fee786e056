using JitBroker.Catalog;

namespace JitBroker.Tests.Sequences;

/// <summary>A rule as the oracle knows it; the broker's own is made of it and never asked.</summary>
/// <param name="Stages">Stages of alternatives of clauses.</param>
/// <param name="AtMost">Minutes up to which nobody is asked.</param>
/// <param name="OnCall">The group whose members need nobody.</param>
internal sealed record Rule(Part[][][] Stages, int? AtMost = null, string? OnCall = null, bool Always = false)
{
    public static IReadOnlyList<Rule> Known { get; } =
    [
        new([[[new("owners", 1)]]]),
        new([[[new("owners", 2)]]]),
        new([[[new("owners", 1), new("security", 1)]]]),
        new([[[new("owners", 1)]], [[new("security", 1)]]]),
        new([[[new("owners", 2)], [new("security", 1)]]]),
        new([[[new("owners", 1, "platform", 30)]]]),
        new([[[new("owners", 1, "platform", 60), new("security", 1)]], [[new("owners", 1)], [new("platform", 2)]]]),
        new([[[new("owners", 1)]]], AtMost: 30),
        new([[[new("security", 2)]]], AtMost: 60, OnCall: "oncall"),
        new([], Always: true),
    ];

    /// <summary>More time for an emergency: one other person of whoever decides or is on call.</summary>
    public Rule OfEmergency => new([[.. Stages.SelectMany(s => s).SelectMany(a => a).Select(p => p.Group).Append("oncall").Distinct(StringComparer.Ordinal).Select(g => new[] { new Part(g, 1) })]]);

    public bool CanBeAutomatic => Always || AtMost is not null || OnCall is not null;

    public ApprovalRule ToCatalog() => new(
        CanBeAutomatic ? new AutoRule(OnCall, null, AtMost is { } most ? TimeSpan.FromMinutes(most) : null) : null,
        [.. Stages.Select(s => new Stage([.. s.Select(a => new Alternative([.. a.Select(p => p.ToCatalog())]))]))]);
}

/// <summary>One clause: so many votes of a group, and after so many minutes of another too.</summary>
internal sealed record Part(string Group, int Votes, string? Later = null, int After = 0)
{
    public Clause ToCatalog() => Later is null
        ? new Clause(Group, Votes, TimeSpan.FromMinutes(10))
        : new Clause(Group, Votes, TimeSpan.FromMinutes(10), Later, TimeSpan.FromMinutes(After));
}
