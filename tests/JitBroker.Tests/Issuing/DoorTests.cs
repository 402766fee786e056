using System.Collections.Concurrent;
using JitBroker.Issuers.Http;
using JitBroker.Storage;

namespace JitBroker.Tests.Issuing;

/// <summary>What a door is told, how old that may be, and what the asking costs.</summary>
public sealed class DoorTests
{
    private readonly ManualClock _clock = new();
    private readonly ConcurrentDictionary<string, DoorRow> _rows = new(StringComparer.Ordinal);
    private int _readings;
    private Func<CancellationToken, Task> _before = _ => Task.CompletedTask;

    private Door NewDoor() => new(
        async cancellationToken =>
        {
            Interlocked.Increment(ref _readings);
            List<DoorRow> seen = [.. _rows.Values];
            await _before(cancellationToken);
            return seen;
        },
        _clock);

    private string Collect(string resource = "orders", string holder = "ana@example.com", TimeSpan? length = null)
    {
        var token = DoorToken.New();
        Assert.True(DoorToken.TryHash(token, out var key));
        var until = _clock.GetUtcNow() + (length ?? TimeSpan.FromHours(1));
        _rows[token] = new DoorRow { TokenHash = key.ToText(), Resource = resource, GrantId = "01J8ZQ00000000000000000001", Holder = holder, EndsAt = until, ExpiresAt = until.AddHours(1) };
        return "Bearer " + token;
    }

    private void End(string bearer) => Assert.True(_rows.TryRemove(bearer["Bearer ".Length..], out _));

    private static async Task<int> AskAsync(Door door, string? bearer, string? resource = "orders") => (await door.AnswerAsync(bearer, resource)).Status;

    [Theory]
    [InlineData(null, 401)]
    [InlineData("", 401)]
    [InlineData("Bearer ", 401)]
    [InlineData("Bearer", 401)]
    [InlineData("Basic YTpi", 401)]
    [InlineData("Bearer x", 403)]
    [InlineData("Bearer jitd_short", 403)]
    [InlineData("Bearer jitd_0123456789012345678901234567890123456789ä12", 403)]
    public async Task What_is_no_token_of_a_door_is_refused_without_looking(string? header, int status)
    {
        Assert.Equal(status, await AskAsync(NewDoor(), header));
        Assert.Equal(401, await AskAsync(NewDoor(), "Bearer " + new string('x', 8_000)));
        Assert.Equal(0, _readings);
    }

    [Fact]
    public async Task A_token_opens_its_resource_and_no_other_and_says_whose_it_is()
    {
        var (door, bearer) = (NewDoor(), Collect());

        Assert.Equal(new DoorAnswer(204, "ana@example.com", "01J8ZQ00000000000000000001"), await door.AnswerAsync(bearer, "orders"));
        Assert.Equal(204, await AskAsync(door, bearer.Replace("Bearer", "bearer", StringComparison.Ordinal)));
        Assert.Equal(403, await AskAsync(door, bearer, "Orders"));
        Assert.Equal(403, await AskAsync(door, bearer, ""));
        Assert.Equal(403, await AskAsync(door, bearer, null));
        Assert.Equal(403, await PassAsync(AskAsync(door, Collect("bills")[..^1] + "A")));
    }

    [Fact]
    public async Task What_is_known_costs_one_reading_however_often_it_is_asked()
    {
        var (door, bearer) = (NewDoor(), Collect());

        for (var i = 0; i < 10_000; i++)
            Assert.Equal(204, await AskAsync(door, bearer));

        Assert.Equal(1, _readings);
    }

    [Fact]
    public async Task An_ended_grant_is_refused_when_the_view_is_older_than_a_second_whatever_the_traffic()
    {
        var (door, bearer) = (NewDoor(), Collect());
        Assert.Equal(204, await AskAsync(door, bearer));
        End(bearer);

        _clock.Advance(Door.Staleness + TimeSpan.FromMilliseconds(1));

        Assert.Equal(403, await AskAsync(door, bearer));
    }

    /// <summary>In use it is read anew well before, beside the answers.</summary>
    [Fact]
    public async Task A_view_in_use_is_read_anew_before_it_is_too_old_and_nobody_waits_for_that()
    {
        var (door, bearer) = (NewDoor(), Collect());
        await AskAsync(door, bearer);
        var reading = new TaskCompletionSource();
        _before = _ => reading.Task;
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        End(bearer);

        for (var i = 0; i < 100; i++)
            await PassesAtOnceAsync(door, bearer);
        await Eventually.TrueAsync(() => Task.FromResult(_readings == 2));
        reading.SetResult();

        await Eventually.TrueAsync(async () => await PassAsync(AskAsync(door, bearer)) == 403);
    }

    [Fact]
    public async Task A_reading_that_does_not_come_back_lets_nobody_in_after_a_second()
    {
        var (door, bearer) = (NewDoor(), Collect());
        await AskAsync(door, bearer);
        _before = cancellationToken => Task.Delay(Timeout.Infinite, cancellationToken);
        _clock.Advance(Door.Staleness + TimeSpan.FromMilliseconds(1));

        var asked = AskAsync(door, bearer);
        await Eventually.TrueAsync(() => Task.FromResult(_readings == 2));
        await Eventually.TrueAsync(() =>
        {
            _clock.Advance(TimeSpan.FromMilliseconds(250));
            return Task.FromResult(asked.IsCompleted);
        });

        Assert.Equal(503, await asked);
    }

    /// <summary>A reading that took longer than its answer may be old is not believed, though it came.</summary>
    [Fact]
    public async Task A_reading_is_as_old_as_its_beginning()
    {
        var (door, bearer) = (NewDoor(), Collect());
        var reading = new TaskCompletionSource();
        _before = _ => reading.Task;
        var asked = AskAsync(door, bearer);
        await Eventually.TrueAsync(() => Task.FromResult(_readings == 1));
        End(bearer);
        _clock.Advance(Door.Staleness + TimeSpan.FromMilliseconds(1));
        reading.SetResult();

        Assert.Equal(503, await asked);
        _before = _ => Task.CompletedTask;
        Assert.Equal(403, await AskAsync(door, bearer));
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_is_allowed_and_it_recovers_by_itself()
    {
        var (door, bearer) = (NewDoor(), Collect());
        _before = _ => throw new DatabaseUnavailableException(new TimeoutException());
        Assert.Equal(503, await AskAsync(door, bearer));

        _before = _ => Task.CompletedTask;
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(204, await AskAsync(door, bearer));
    }

    [Fact]
    public async Task A_token_that_was_just_collected_is_let_in_at_its_first_use()
    {
        var door = NewDoor();
        await AskAsync(door, Collect());

        Assert.Equal(204, await PassAsync(AskAsync(door, Collect())));
        Assert.Equal(2, _readings);
    }

    /// <summary>E5: made-up tokens share a look, are no memory, and cannot make the broker read without end.</summary>
    [Fact]
    public async Task A_flood_of_made_up_tokens_costs_one_reading_and_those_who_hold_one_do_not_wait()
    {
        var (door, bearer) = (NewDoor(), Collect());
        await AskAsync(door, bearer);

        var flood = Enumerable.Range(0, 10_000).Select(_ => AskAsync(door, "Bearer " + DoorToken.New())).ToList();
        await PassesAtOnceAsync(door, bearer);

        Assert.All(await PassAsync(Task.WhenAll(flood)), said => Assert.Equal(403, said));
        Assert.Equal(2, _readings);
    }

    [Fact]
    public async Task At_its_end_a_grant_is_over_at_once_by_the_clock()
    {
        var (door, bearer) = (NewDoor(), Collect(length: TimeSpan.FromMilliseconds(300)));
        Assert.Equal(204, await AskAsync(door, bearer));

        _clock.Advance(TimeSpan.FromMilliseconds(300));

        Assert.Equal(403, await AskAsync(door, bearer));
        Assert.Equal(1, _readings);
    }

    [Theory]
    [InlineData("ana@example.com", "ana@example.com")]
    [InlineData("o'neil+x@example.com", "o'neil+x@example.com")]
    [InlineData("a\r\nX-Jit-Grant: 1@example.com", "a%0D%0AX-Jit-Grant:%201@example.com")]
    [InlineData("bjørn@exämple.com", "bj%C3%B8rn@ex%C3%A4mple.com")]
    [InlineData("100%@example.com", "100%25@example.com")]
    public async Task Whatever_the_holders_address_it_is_one_header_value(string holder, string expected)
    {
        var door = NewDoor();

        Assert.Equal(expected, (await door.AnswerAsync(Collect(holder: holder), "orders")).User);
    }

    /// <summary>From what is known, without a look at the database.</summary>
    private static async Task PassesAtOnceAsync(Door door, string bearer)
    {
        var answering = door.AnswerAsync(bearer, "orders").AsTask();
        Assert.True(answering.IsCompletedSuccessfully);
        Assert.Equal(204, (await answering).Status);
    }

    /// <summary>Moves the clock past the distance that a look keeps from the one before, and not as far as patience goes.</summary>
    private async Task<T> PassAsync<T>(Task<T> asked)
    {
        var left = 12;
        await Eventually.TrueAsync(() =>
        {
            if (!asked.IsCompleted && left-- > 0)
                _clock.Advance(TimeSpan.FromMilliseconds(20));
            return Task.FromResult(asked.IsCompleted);
        });
        return await asked;
    }
}
