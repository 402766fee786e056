using JitBroker.Bots.Chat;
using JitBroker.Bots.Teams;

namespace JitBroker.Tests.Teams;

/// <summary>Chat-wire B4: our own pace, below Teams' numbers.</summary>
public sealed class PaceTests
{
    private static readonly TimeSpan Ever = TimeSpan.FromDays(1);
    private readonly ManualClock _clock = new();

    [Fact]
    public void What_is_sent_to_one_conversation_stays_within_each_window()
    {
        var pace = new TeamsPace(_clock);
        var sent = Enumerable.Range(0, 500).Select(_ => _clock.GetUtcNow() + pace.Reserve(Place("a:1"), TeamsLane.Send, Urgency.Notification, Ever)).ToList();

        foreach (var (most, seconds) in ((int, int)[])[(7, 1), (8, 2), (60, 30)])
        {
            for (var i = most; i < sent.Count; i++)
                Assert.True(sent[i] - sent[i - most] >= TimeSpan.FromSeconds(seconds), $"{most + 1} within {seconds} s");
        }
    }

    [Fact]
    public void Conversations_wait_for_themselves_and_a_tenant_for_all()
    {
        var pace = new TeamsPace(_clock);
        for (var i = 0; i < 50; i++)
            Assert.Equal(TimeSpan.Zero, pace.Reserve(Place($"a:{i}"), TeamsLane.Send, Urgency.Notification, Ever));

        Assert.Equal(TimeSpan.FromSeconds(1), pace.Reserve(Place("a:50"), TeamsLane.Send, Urgency.Notification, TimeSpan.Zero));
        Assert.Equal(TimeSpan.Zero, pace.Reserve(Place("a:50") with { Tenant = "other" }, TeamsLane.Send, Urgency.Notification, Ever));
    }

    [Fact]
    public void An_answer_waits_behind_no_notification_but_for_a_pause_that_Teams_asked_for()
    {
        var pace = new TeamsPace(_clock);
        for (var i = 0; i < 100; i++)
            pace.Reserve(Place("a:1"), TeamsLane.Send, Urgency.Notification, Ever);
        Assert.Equal(TimeSpan.Zero, pace.Reserve(Place("a:1"), TeamsLane.Send, Urgency.Answer, Ever));

        pace.Pause(Place("a:1"), TeamsLane.Send, TimeSpan.FromSeconds(9));
        Assert.Equal(TimeSpan.FromSeconds(9), pace.Reserve(Place("a:1;messageid=7"), TeamsLane.Send, Urgency.Answer, Ever));
        Assert.Equal(TimeSpan.Zero, pace.Reserve(Place("a:1"), TeamsLane.Members, Urgency.Answer, Ever));
        Assert.Equal(TimeSpan.Zero, pace.Reserve(Place("a:2"), TeamsLane.Send, Urgency.Answer, Ever));
    }

    [Fact]
    public void A_wait_that_is_too_long_takes_no_place()
    {
        var pace = new TeamsPace(_clock);
        for (var i = 0; i < 8; i++)
            pace.Reserve(Place("a:1"), TeamsLane.Send, Urgency.Notification, Ever);
        var first = pace.Reserve(Place("a:1"), TeamsLane.Send, Urgency.Notification, TimeSpan.Zero);
        for (var i = 0; i < 5; i++)
            Assert.Equal(first, pace.Reserve(Place("a:1"), TeamsLane.Send, Urgency.Notification, TimeSpan.Zero));
    }

    private static TeamsPlace Place(string conversation) => new("t", new Uri("https://smba.trafficmanager.net/amer/"), conversation);
}
