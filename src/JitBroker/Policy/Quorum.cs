using JitBroker.Catalog;

namespace JitBroker.Policy;

/// <summary>How far one rule is filled by the votes that count.</summary>
/// <param name="Met">Every stage is filled.</param>
/// <param name="Stage">Index of the first stage not yet filled; the number of stages when <paramref name="Met"/>.</param>
/// <param name="Clauses">The clauses of the chosen alternatives up to the current stage, with how many votes each has by the best matching.</param>
public sealed record QuorumState(bool Met, int Stage, IReadOnlyList<ClauseProgress> Clauses);

/// <summary>One clause and its <paramref name="Have"/> of <paramref name="Votes"/> approvals.</summary>
public sealed record ClauseProgress(string Group, int Votes, int Have);
