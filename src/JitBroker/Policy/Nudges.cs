using JitBroker.Catalog;

namespace JitBroker.Policy;

/// <summary>What is due while a request waits.</summary>
/// <param name="Remind">Those who were asked are to be reminded.</param>
/// <param name="Escalate">These clauses open to the group they escalate to.</param>
public sealed record Nudge(bool Remind, IReadOnlyList<Clause> Escalate)
{
    public bool IsNothing => !Remind && Escalate.Count == 0;
}

/// <summary>
/// When waiting people are told again. A clause that reminds after <c>r</c> does so <c>r</c>, <c>3r</c>, <c>7r</c>, <c>15r</c>… after its stage has opened: each gap is twice the
/// one before. What was missed while the broker was down is made up for once. Pure.
/// </summary>
public static class Nudges
{
    /// <param name="waiting">Clauses of the open stage that are not filled.</param>
    /// <param name="since">When that stage opened.</param>
    /// <param name="from">What was due before is done.</param>
    public static Nudge Due(IReadOnlyList<Clause> waiting, DateTimeOffset since, DateTimeOffset from, DateTimeOffset now) => new(
        waiting.Any(c => c.RemindAfter is { } gap && NextReminder(since, gap, from - TimeSpan.FromTicks(1)) <= now),
        [.. waiting.Where(c => EscalatesAt(c, since) <= now).Distinct()]);

    /// <summary>The next instant after <paramref name="now"/> at which something is due; null when nothing is to come.</summary>
    /// <inheritdoc cref="Due"/>
    public static DateTimeOffset? Next(IReadOnlyList<Clause> waiting, DateTimeOffset since, DateTimeOffset now)
    {
        var reminders = waiting.Select(c => c.RemindAfter is { } gap ? NextReminder(since, gap, now) : (DateTimeOffset?)null);
        // One whose time has come already, under a rule that has changed since, is due at once.
        var escalations = waiting.Select(c => EscalatesAt(c, since)).Select(at => at < now ? now : at);
        return reminders.Concat(escalations).Min();
    }

    private static DateTimeOffset? EscalatesAt(Clause clause, DateTimeOffset since) =>
        clause is { IsEscalated: false, EscalateTo: not null, EscalateAfter: { } after } ? since + after : null;

    /// <summary>The first one after <paramref name="after"/>.</summary>
    private static DateTimeOffset NextReminder(DateTimeOffset since, TimeSpan gap, DateTimeOffset after)
    {
        var at = since + gap;
        for (var next = gap + gap; at <= after; next += next)
            at += next;
        return at;
    }
}
