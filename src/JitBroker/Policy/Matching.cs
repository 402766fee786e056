using JitBroker.Catalog;
using JitBroker.People;

namespace JitBroker.Policy;

/// <summary>
/// Maximum bipartite matching of people to votes (Kuhn's augmenting paths). Seats are taken in the order given, and a seat once taken stays taken
/// while later ones are filled, so the result is the best for the first clause, then for the second, and so on, and is of maximum size as well.
/// </summary>
internal static class Matching
{
    /// <summary>How many of each clause's votes can be filled at the same time by distinct people of <paramref name="candidates"/>, given per clause.</summary>
    public static int[] Fill(IReadOnlyList<Clause> clauses, Func<Clause, IReadOnlyList<string>> candidates)
    {
        var have = new int[clauses.Count];
        var seats = new Seats(clauses.Select(candidates).ToArray());
        for (var clause = 0; clause < clauses.Count; clause++)
        {
            while (have[clause] < clauses[clause].Votes && seats.Take(clause))
                have[clause]++;
        }

        return have;
    }

    private sealed class Seats(IReadOnlyList<string>[] candidates)
    {
        private readonly Dictionary<string, int> _clauseOf = new(StringComparer.Ordinal);

        public bool Take(int clause) => Take(clause, new HashSet<string>(StringComparer.Ordinal));

        private bool Take(int clause, HashSet<string> tried)
        {
            foreach (var person in candidates[clause].Where(p => !_clauseOf.ContainsKey(p)))
            {
                _clauseOf[person] = clause;
                return true;
            }

            foreach (var person in candidates[clause])
            {
                if (_clauseOf[person] == clause || !tried.Add(person) || !Take(_clauseOf[person], tried))
                    continue;
                _clauseOf[person] = clause;
                return true;
            }

            return false;
        }
    }
}

/// <summary>The approvals at hand, by the group they may speak for.</summary>
internal sealed class Ballot(IReadOnlyCollection<string> approvers, PeopleDirectory directory)
{
    private readonly string[] _people =
        [.. approvers.Distinct(StringComparer.Ordinal).Where(a => directory.Find(a) is not null).Order(StringComparer.Ordinal)];

    private readonly Dictionary<string, IReadOnlyList<string>> _byGroup = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Of(Clause clause)
    {
        var (groups, key) = (clause.Groups, string.Join(' ', clause.Groups));
        if (!_byGroup.TryGetValue(key, out var people))
            _byGroup[key] = people = [.. _people.Where(p => groups.Any(g => directory.IsMember(g, p)))];
        return people;
    }
}

/// <summary>The people who could be asked. As many per group as a rule has votes are enough to know whether it can be met (Hall's theorem).</summary>
internal sealed class Pool(ApprovalRule rule, string? requester, PeopleDirectory directory, bool trustUnknown)
{
    private readonly int _enough = rule.Stages.Sum(s => s.AnyOf.Select(a => a.Clauses.Sum(c => c.Votes)).DefaultIfEmpty().Max());

    private readonly Dictionary<string, IReadOnlyList<string>> _byGroup = new(StringComparer.Ordinal);

    public bool CanFill(IEnumerable<Clause> clauses)
    {
        var asked = clauses.Where(c => !(trustUnknown && c.Groups.Any(directory.IsUnknown))).ToList();
        var have = Matching.Fill(asked, Of);
        return asked.Select((c, i) => c.Votes <= have[i]).All(filled => filled);
    }

    private IReadOnlyList<string> Of(Clause clause)
    {
        var key = string.Join(' ', clause.Groups);
        if (!_byGroup.TryGetValue(key, out var people))
            _byGroup[key] = people = [.. clause.Groups.SelectMany(Sample).Distinct(StringComparer.Ordinal)];
        return people;
    }

    private List<string> Sample(string group)
    {
        return [.. directory.MembersOf(group).Where(m => m != requester).Take(_enough)];
    }
}

/// <summary>The furthest way through the stages seen so far.</summary>
internal sealed class BestPath
{
    private readonly List<Clause> _path = [];

    private readonly List<Alternative> _chosen = [];

    private int _stage = -1;

    private PathFill? _fill;

    public PathFill Enter(Alternative alternative, Ballot ballot)
    {
        _path.AddRange(alternative.Clauses);
        _chosen.Add(alternative);
        return new PathFill([.. _path], [.. _chosen], Matching.Fill(_path, ballot.Of));
    }

    public void Leave(Alternative alternative)
    {
        _path.RemoveRange(_path.Count - alternative.Clauses.Count, alternative.Clauses.Count);
        _chosen.RemoveAt(_chosen.Count - 1);
    }

    public void Offer(int stage, PathFill fill)
    {
        if (_fill is null || (stage, -fill.Missing, fill.Have).CompareTo((_stage, -_fill.Missing, _fill.Have)) > 0)
            (_stage, _fill) = (stage, fill);
    }

    public QuorumState State(int stages)
    {
        if (_fill is null)
            return new QuorumState(false, 0, []);
        var filled = _fill.Missing == 0 ? _stage + 1 : _stage;
        return new QuorumState(filled == stages, filled, _fill.Progress()) { Chosen = _fill.Chosen };
    }
}

/// <summary>The clauses of one way through the stages and how many votes each has.</summary>
internal sealed class PathFill(IReadOnlyList<Clause> clauses, IReadOnlyList<Alternative> chosen, int[] have)
{
    public IReadOnlyList<Alternative> Chosen => chosen;

    public int Missing { get; } = clauses.Sum(c => c.Votes) - have.Sum();

    public int Have { get; } = have.Sum();

    public IReadOnlyList<ClauseProgress> Progress() => [.. clauses.Select((c, i) => new ClauseProgress(c.Group, c.Votes, have[i]))];
}
