using JitBroker.Storage;

namespace JitBroker.Tests.Storage;

public sealed class CoalescerTests
{
    [Fact]
    public async Task What_comes_while_one_run_is_under_way_goes_together_in_the_next_and_each_gets_its_own_result()
    {
        var runs = new List<int>();
        var go = new TaskCompletionSource();
        var together = new Coalescer<int, int>(3, async items =>
        {
            runs.Add(items.Count);
            await go.Task;
            return [.. items.Select(i => i * 10)];
        });

        var first = together.DoAsync(1);
        await Eventually.TrueAsync(() => Task.FromResult(runs.Count == 1));
        var rest = Enumerable.Range(2, 5).Select(together.DoAsync).ToList();
        var idle = together.IdleAsync();
        Assert.False(idle.IsCompleted);
        go.SetResult();

        Assert.Equal(10, await first);
        var others = await Task.WhenAll(rest);
        Assert.Equal([20, 30, 40, 50, 60], others);
        await idle;
        Assert.Equal([1, 3, 2], runs);
    }

    [Fact]
    public async Task After_many_have_come_together_it_rests_so_that_more_come_together_and_after_few_it_does_not()
    {
        var runs = new List<int>();
        var go = new TaskCompletionSource();
        var together = new Coalescer<int, int>(
            8,
            async items =>
            {
                runs.Add(items.Count);
                await go.Task;
                return [.. items];
            },
            Timeout.InfiniteTimeSpan);

        var first = together.DoAsync(0);
        await Eventually.TrueAsync(() => Task.FromResult(runs.Count == 1));
        var crowd = Enumerable.Range(1, 8).Select(together.DoAsync).ToList();
        go.SetResult();
        Assert.Equal(0, await first);
        Assert.Equal(Enumerable.Range(1, 8), await Task.WhenAll(crowd));

        var next = together.DoAsync(9);
        // Long enough for one that does not rest to have done it.
        var restless = new Coalescer<int, int>(8, static items => Task.FromResult<IReadOnlyList<int>>([.. items]));
        for (var i = 0; i < 1000; i++)
            await restless.DoAsync(i);
        Assert.False(together.IdleAsync().IsCompleted);
        Assert.False(next.IsCompleted);
        Assert.Equal([1, 8], runs);
    }

    [Fact]
    public async Task One_that_cannot_be_done_does_not_keep_the_others_from_it()
    {
        var go = new TaskCompletionSource();
        var together = new Coalescer<int, int>(10, async items =>
        {
            await go.Task;
            return items.Contains(13) ? throw new InvalidOperationException("not 13") : [.. items];
        });

        var all = new[] { 1, 12, 13, 14 }.Select(together.DoAsync).ToList();
        go.SetResult();

        Assert.Equal("not 13", (await Assert.ThrowsAsync<InvalidOperationException>(() => all[2])).Message);
        Assert.Equal((1, 12, 14), (await all[0], await all[1], await all[3]));
        Assert.Equal(7, await together.DoAsync(7));
    }

    [Fact]
    public async Task Whoever_asks_at_once_from_everywhere_is_answered()
    {
        var (now, most) = (0, 0);
        var together = new Coalescer<int, int>(7, async items =>
        {
            most = Math.Max(most, Interlocked.Increment(ref now));
            await Task.Yield();
            Interlocked.Decrement(ref now);
            return [.. items];
        });

        var answers = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(() => together.DoAsync(i))));

        Assert.Equal(Enumerable.Range(0, 2000), answers);
        Assert.Equal(1, most);
    }
}
