using FsCheck;
using FsCheck.Fluent;
using JitBroker.People;

namespace JitBroker.Tests.Sequences;

/// <summary>One thing that somebody does, or that happens. Numbers choose among what there is at that moment, so that any act can follow any other and a sequence can be shortened.</summary>
internal abstract record Act
{
    /// <summary><paramref name="Start"/> in minutes from now; null: at once.</summary>
    public sealed record Submit(int Account, int Entitlement, int Minutes, int? Start, Surface Surface) : Act;

    /// <summary><paramref name="Less"/> in minutes.</summary>
    public sealed record Decide(int Account, int Request, bool Approve, int? Less, Surface Surface) : Act;

    /// <summary>The same decision by several at once, over both replicas.</summary>
    public sealed record DecideTogether(IReadOnlyList<int> Accounts, int Request, bool LastDenies) : Act;

    public sealed record Cancel(int Account, int Request) : Act;

    public sealed record Collect(int Account, int Grant) : Act;

    public sealed record End(int Account, int Grant) : Act;

    /// <summary>More time, in minutes.</summary>
    public sealed record Extend(int Account, int Grant, int Minutes) : Act;

    /// <summary>An emergency, in minutes.</summary>
    public sealed record Take(int Account, int Entitlement, int Minutes) : Act;

    /// <summary>Time goes on; what is due is done if <paramref name="Sweeps"/>.</summary>
    public sealed record Wait(int Minutes, bool Sweeps) : Act;

    public sealed record Join(int Person, int Group) : Act;

    public sealed record Leave(int Person, int Group) : Act;

    public sealed record Deactivate(int Person) : Act;

    public sealed record Return(int Person) : Act;

    /// <summary>The catalog names the account as that person's from now on.</summary>
    public sealed record Name(int Account, int Person) : Act;

    public sealed record Unname(int Account) : Act;

    /// <summary>
    /// One side shows a code and the other types it; <paramref name="Answerer"/> is asked. <paramref name="FromPerson"/>: the person's side shows it.
    /// </summary>
    public sealed record Link(int Account, int Person, int Answerer, bool FromPerson, bool Yes) : Act;

    /// <summary>The account's profile has the address of that person.</summary>
    public sealed record LinkByAddress(int Account, int Person, bool IsConfirmed) : Act;

    /// <summary>Somebody takes a linked account away from its person.</summary>
    public sealed record Unlink(int Account, int By) : Act;

    /// <summary>A SCIM client says of a person that they are here, or not any more.</summary>
    public sealed record Push(int Person, int Client, bool Active) : Act;

    /// <summary>A SCIM client deletes a person.</summary>
    public sealed record Remove(int Person, int Client) : Act;

    /// <summary>The entitlement gets another rule.</summary>
    public sealed record ChangeRule(int Entitlement, int Rule) : Act;

    /// <summary>The entitlement grants something else.</summary>
    public sealed record ChangeGrants(int Entitlement) : Act;

    private const int Many = 1000;

    private static Gen<int> Any => Gen.Choose(0, Many);

    private static Gen<Surface> AnySurface => Gen.Elements(Surface.Slack, Surface.Teams, Surface.Api, Surface.Cli, Surface.Web);

    private static Gen<Act> As<T>(Gen<T> act)
        where T : Act => act.Select(Act (a) => a);

    private static Gen<int?> Sometimes(params int[] minutes) => Gen.Frequency((3, Gen.Constant((int?)null)), (1, Gen.Elements(minutes).Select(m => (int?)m)));

    public static Gen<Act> AnyAct { get; } = Gen.Frequency(
        (5, As(from a in Any from e in Any from m in Gen.Elements(10, 30, 60) from s in Sometimes(20, 300) from f in AnySurface select new Submit(a, e, m, s, f))),
        (12, As(from a in Any from r in Any from yes in Gen.Frequency((9, Gen.Constant(true)), (1, Gen.Constant(false))) from l in Sometimes(5, 90) from f in AnySurface select new Decide(a, r, yes, l, f))),
        (2, As(from a in Any.ListOf(3) from r in Any from no in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true))) select new DecideTogether([.. a], r, no))),
        (1, As(from a in Any from r in Any select new Cancel(a, r))),
        (4, As(from a in Any from g in Any select new Collect(a, g))),
        (1, As(from a in Any from g in Any select new End(a, g))),
        (5, As(from a in Any from g in Any from m in Gen.Elements(5, 20, 100) select new Extend(a, g, m))),
        (2, As(from a in Any from e in Any from m in Gen.Elements(10, 30, 60) select new Take(a, e, m))),
        (4, As(from m in Gen.Elements(1, 12, 31, 65, 250) from s in Gen.Elements(true, true, false) select new Wait(m, s))),
        (2, As(from p in Any from g in Any select new Join(p, g))),
        (2, As(from p in Any from g in Any select new Leave(p, g))),
        (1, As(from p in Any select new Deactivate(p))),
        (1, As(from p in Any select new Return(p))),
        (1, As(from a in Any from p in Any select new Name(a, p))),
        (1, As(from a in Any select new Unname(a))),
        (2, As(from a in Any from p in Any from b in Any from first in Gen.Elements(true, false) from yes in Gen.Elements(true, true, true, false) select new Link(a, p, b, first, yes))),
        (1, As(from a in Any from p in Any from sure in Gen.Elements(true, true, false) select new LinkByAddress(a, p, sure))),
        (3, As(from a in Any from b in Any select new Unlink(a, b))),
        (2, As(from p in Any from c in Any from here in Gen.Elements(true, true, false) select new Push(p, c, here))),
        (1, As(from p in Any from c in Any select new Remove(p, c))),
        (1, As(from e in Any from r in Any select new ChangeRule(e, r))),
        (1, As(from e in Any select new ChangeGrants(e))));
}

/// <summary>What there is to begin with, and what happens then.</summary>
/// <param name="Rules">The rule of each entitlement.</param>
/// <param name="Members">Who stands in which group: for each group, a bit for each person.</param>
internal sealed record Scene(IReadOnlyList<int> Rules, IReadOnlyList<int> Members, IReadOnlyList<Act> Acts)
{
    public static Gen<Scene> Any { get; } =
        from rules in Gen.Frequency((3, Gen.Choose(0, Rule.Known.Count - 1)), (1, Gen.Elements(5, 6))).ListOf(Model.Entitlements)
        from members in Gen.Frequency((3, Gen.Choose(0, (1 << Model.Names.Length) - 1)), (1, Gen.Constant((1 << Model.Names.Length) - 2))).ListOf(Model.GroupNames.Length)
        from length in Gen.Choose(5, 20)
        from acts in Act.AnyAct.ListOf(length)
        select new Scene([.. rules], [.. members], [.. acts]);

    /// <summary>The same without one of its acts, each in turn.</summary>
    public IEnumerable<Scene> Shorter() => Enumerable.Range(0, Acts.Count).Select(left => this with { Acts = [.. Acts.Where((_, i) => i != left)] });

    public override string ToString() =>
        $"rules {string.Join(' ', Rules)}, members {string.Join(' ', Members)}:{Environment.NewLine}{string.Join(Environment.NewLine, Acts)}";
}
