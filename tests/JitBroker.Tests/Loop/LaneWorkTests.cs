using FsCheck;
using FsCheck.Fluent;
using JitBroker.Leases;

namespace JitBroker.Tests.Loop;

/// <summary>How much a process claims at one target, and how much it asks of it at a time.</summary>
public sealed class LaneWorkTests
{
    private const int Width = 4;
    private const int Most = 128;

    private static readonly DateTimeOffset Now = new(2026, 7, 1, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_is_claimed_ahead_of_a_target_that_has_not_shown_yet_that_it_is_prompt()
    {
        var lane = new LaneWork();

        Assert.Equal(Width, lane.Room(Width));
        lane.Add(Claims(Width));
        Assert.Equal(0, lane.Room(Width));
        Assert.Equal(Width, TakeAll(lane));
    }

    [Fact]
    public void While_it_answers_promptly_more_is_claimed_than_it_is_asked_at_a_time_and_what_is_not_recorded_counts()
    {
        var lane = new LaneWork();
        lane.Add(Claims(Width));
        TakeAll(lane);

        lane.Answered(TimeSpan.FromMilliseconds(250));

        Assert.Equal(Most - Width, lane.Room(Width));
        lane.Add(Claims(Most - Width));
        Assert.Equal(1, TakeAll(lane));
        Assert.Equal(0, lane.Room(Width));
    }

    [Fact]
    public void Where_answers_take_long_nothing_is_claimed_ahead()
    {
        var lane = new LaneWork();
        lane.Add(Claims(Width));
        TakeAll(lane);

        lane.Answered(TimeSpan.FromMilliseconds(251));

        Assert.Equal(1, lane.Room(Width));
    }

    [Fact]
    public void What_was_claimed_ahead_is_handed_back_when_one_is_not_done_and_asked_for_by_nobody()
    {
        var lane = new LaneWork();
        lane.Add(Claims(1));
        TakeAll(lane);
        lane.Answered(TimeSpan.Zero);
        lane.Add(Claims(10));
        Assert.Equal(Width, TakeAll(lane));

        Assert.Equal(10 - Width, lane.Missed().Count);
        lane.GiveBack();

        Assert.Null(lane.Next(Width, Now));
        Assert.Equal(1, lane.Room(Width));
    }

    [Fact]
    public void A_claim_that_may_run_out_while_the_target_is_asked_is_left_to_whoever_claims_it_next()
    {
        var lane = new LaneWork();
        lane.Add([new Claimed(LeaseOf("late"), IsProbe: false, Now), new Claimed(LeaseOf("good"), IsProbe: false, Now.AddTicks(1))]);

        Assert.Equal("good", lane.Next(Width, Now)!.Value.Lease.Id);
        Assert.Null(lane.Next(Width, Now));
    }

    [Fact]
    public void One_fills_at_a_time_and_whoever_came_meanwhile_is_served_once_after_it()
    {
        var lane = new LaneWork();

        Assert.True(lane.TryBeginFilling());
        Assert.False(lane.TryBeginFilling());
        Assert.False(lane.TryBeginFilling());
        Assert.True(lane.EndFilling());
        Assert.True(lane.TryBeginFilling());
        Assert.False(lane.EndFilling());
    }

    [Fact]
    public void Whatever_happens_never_more_is_asked_than_its_width_nor_claimed_than_may_be_lost() =>
        Prop.ForAll(Gen.Choose(0, 5).ArrayOf(200).ToArbitrary(), steps =>
        {
            var lane = new LaneWork();
            var (asking, unrecorded, waiting) = (0, 0, 0);
            foreach (var step in steps)
            {
                switch (step)
                {
                    case 0:
                        var room = lane.Room(Width);
                        lane.Add(Claims(room));
                        waiting += room;
                        break;
                    case 1 when lane.Next(Width, Now) is not null:
                        (asking, waiting) = (asking + 1, waiting - 1);
                        break;
                    case 2 or 3 when asking > 0:
                        lane.Answered(TimeSpan.FromMilliseconds(step == 2 ? 1 : 900));
                        (asking, unrecorded) = (asking - 1, unrecorded + 1);
                        break;
                    case 4 when unrecorded > 0:
                        lane.Recorded();
                        unrecorded--;
                        break;
                    case 5 when asking > 0:
                        waiting -= lane.Missed().Count;
                        lane.GiveBack();
                        asking--;
                        break;
                }

                Assert.InRange(asking, 0, Width);
                Assert.InRange(asking + waiting + unrecorded, 0, Most);
            }
        }).QuickCheckThrowOnFailure();

    private static IEnumerable<Claimed> Claims(int count) => Enumerable.Range(0, count).Select(i => new Claimed(LeaseOf($"L{i}"), IsProbe: false, Now.AddSeconds(3)));

    private static int TakeAll(LaneWork lane)
    {
        var taken = 0;
        while (lane.Next(Width, Now) is not null)
            taken++;
        return taken;
    }

    private static Lease LeaseOf(string id) => new()
    {
        Id = id, GrantId = "G", State = "revoking", Version = 3, Holder = "ana@example.com", Target = "door", Handle = "{}", CreatedAt = Now, MintDeadline = Now.AddSeconds(30),
        ExpiresAt = Now.AddHours(1), Verified = false, Attempts = 0,
    };
}
