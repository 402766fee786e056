using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.Requests;
using JitBroker.Reviews;

namespace JitBroker.Tests.Loop;

/// <summary>Walks every (from, to) pair of every lifecycle, against the arrows as design §5 draws them, written here once more on purpose.</summary>
public sealed class LifecycleTests
{
    [Fact]
    public void A_request_settles_once() =>
        Walk<RequestState>(RequestLifecycle.Allows, "Pending>Approved Pending>Denied Pending>Cancelled Pending>Lapsed");

    [Fact]
    public void A_grant_goes_one_way() =>
        Walk<GrantState>(GrantLifecycle.Allows, "Scheduled>Active Active>Ending Ending>Ended Scheduled>Ended");

    [Fact]
    public void A_lease_ends_only_through_revoking_and_goes_back_there_when_it_stands_again() =>
        Walk<LeaseState>(LeaseLifecycle.Allows, "Minting>Active Minting>Revoking Active>Revoking Revoking>Revoked Revoked>Revoking");

    [Fact]
    public void A_review_is_done_once_late_or_not() =>
        Walk<ReviewState>(ReviewLifecycle.Allows, "Due>Overdue Due>Done Overdue>Done");

    [Fact]
    public void A_delivery_of_unknown_outcome_is_posted_again() =>
        Walk<DeliveryState>(DeliveryLifecycle.Allows, "Pending>Sent Pending>Dead Pending>Uncertain Uncertain>Pending");

    private static void Walk<T>(Func<T, T, bool> allows, string arrows)
        where T : struct, Enum
    {
        var expected = arrows.Split(' ').ToHashSet(StringComparer.Ordinal);
        foreach (var from in Enum.GetValues<T>())
            foreach (var to in Enum.GetValues<T>())
                Assert.Equal(expected.Contains($"{from}>{to}"), allows(from, to));
    }
}
