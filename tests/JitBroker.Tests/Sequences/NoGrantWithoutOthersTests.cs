using System.Globalization;
using FsCheck.Fluent;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Sequences;

/// <summary>
/// Whatever is done in whatever order on whatever surface, and whoever is linked, unlinked or taken away meanwhile, no grant comes about without the required distinct other humans, but by a rule that asks nobody or in an emergency, and is
/// marked so then. <c>JITBROKER_SEQUENCES</c> sets how many sequences are played on each engine.
/// </summary>
public sealed class NoGrantWithoutOthersTests(ITestOutputHelper output)
{
    private const int OnSqlite = 2000;

    private const int OnPostgres = 200;

    /// <summary>Most tries to make a sequence that fails shorter.</summary>
    private const int Tries = 400;

    private int _scenes;

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task No_sequence_of_acts_makes_a_grant_without_the_required_distinct_other_humans(Engine engine)
    {
        await using var one = await TestBroker.NewAsync(engine);
        await using var two = one.Replica();
        var tally = new Tally();

        foreach (var scene in Scene.Any.Sample(HowMany(engine)))
        {
            if (await FaultAsync([one, two], scene, tally) is { } fault)
                Assert.Fail($"{fault}{Environment.NewLine}{await ShortestAsync([one, two], scene)}");
        }

        output.WriteLine(tally.ToString());
        var isEnough = HowMany(engine) < OnSqlite
            ? tally is { Grants: > 5, ByRule: > 5, Refused: > 5 }
            : tally is { Grants: > 100, ByRule: > 50, OfSeveral: > 5, Extended: > 5, Emergencies: > 50, Refused: > 100, Collected: > 20, Linked: > 100, Unlinked: > 5, TakenAway: > 100 };
        Assert.True(isEnough, $"The sequences prove little: {tally}");
        await one.AssertEventsHaveNoHolesAsync();
    }

    private async Task<string?> FaultAsync(IReadOnlyList<TestBroker> replicas, Scene scene, Tally tally)
    {
        try
        {
            await Play.RunAsync(replicas, string.Create(CultureInfo.InvariantCulture, $"s{++_scenes}-"), scene, tally);
            return null;
        }
        catch (Exception e) when (e is BrokenRuleException or System.Data.Common.DbException or InvalidOperationException)
        {
            // What the database had to refuse is a bug too, though nothing came of it.
            return e.Message;
        }
    }

    /// <summary>Leaves out act by act what is not needed to fail.</summary>
    private async Task<Scene> ShortestAsync(IReadOnlyList<TestBroker> replicas, Scene failing)
    {
        var tries = 0;
        for (var shorter = true; shorter;)
        {
            shorter = false;
            foreach (var scene in failing.Shorter())
            {
                if (++tries > Tries)
                    return failing;
                if (await FaultAsync(replicas, scene, new Tally()) is null)
                    continue;
                (failing, shorter) = (scene, true);
                break;
            }
        }

        return failing;
    }

    private static int HowMany(Engine engine) =>
        int.TryParse(Environment.GetEnvironmentVariable("JITBROKER_SEQUENCES"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) && wanted > 0
            ? wanted
            : engine == Engine.Postgres ? OnPostgres : OnSqlite;
}
