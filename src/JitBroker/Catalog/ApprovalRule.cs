using System.Text.Json.Serialization;

namespace JitBroker.Catalog;

/// <summary>
/// Who must agree. With <paramref name="Auto"/> set and its conditions met nobody is asked; otherwise the stages are gone through in order.
/// An <see cref="Auto"/> without conditions has no stages.
/// </summary>
public sealed record ApprovalRule(AutoRule? Auto, IReadOnlyList<Stage> Stages);

/// <summary>
/// Conditions under which the broker approves by itself; all that are given must hold, none given = always.
/// <paramref name="Hours"/> is <c>HH:mm-HH:mm Zone/Id</c>; a window over midnight is allowed.
/// </summary>
public sealed record AutoRule(string? OnCall, string? Hours, TimeSpan? AtMost);

/// <summary>One step of a rule: any one alternative is enough.</summary>
public sealed record Stage(IReadOnlyList<Alternative> AnyOf);

/// <summary>Clauses that must all be filled, by distinct people.</summary>
public sealed record Alternative(IReadOnlyList<Clause> Clauses);

/// <summary>
/// <paramref name="Votes"/> approvals by distinct members of <paramref name="Group"/>. Who was asked is reminded after <paramref name="RemindAfter"/>, then in growing gaps;
/// after <paramref name="EscalateAfter"/> the members of <paramref name="EscalateTo"/> are asked too and may decide.
/// </summary>
public sealed record Clause(string Group, int Votes, TimeSpan? RemindAfter = null, string? EscalateTo = null, TimeSpan? EscalateAfter = null)
{
    /// <summary>Its time without an answer is over. A fact of one request, so it stands in no catalog and in no pinned content.</summary>
    [JsonIgnore]
    public bool IsEscalated { get; init; }

    /// <summary>Whose votes count here now.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Groups => IsEscalated && EscalateTo is not null ? [Group, EscalateTo] : [Group];
}
