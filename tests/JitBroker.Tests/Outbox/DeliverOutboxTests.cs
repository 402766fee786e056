using System.Collections.Concurrent;
using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using CoreSurface = JitBroker.People.Surface;

namespace JitBroker.Tests.Outbox;

/// <summary>Attack E6, without any chat service: known cards converge to the truth, and nothing is lost or doubled, however sending goes.</summary>
public sealed class DeliverOutboxTests
{
    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task While_chat_takes_no_edits_one_waits_per_copy_however_often_the_state_moves(Engine engine)
    {
        await using var chat = await Chat.NewAsync(engine);
        var request = await chat.PostedAsync();
        chat.Edits = _ => new SendOutcome.Later(TimeSpan.FromSeconds(20), "rate limited", IsRateLimit: true);
        await chat.Broker.DecideAsync("bea", request);
        await chat.RunAsync();
        await chat.Broker.DecideAsync("dan", request);
        await chat.RunAsync();
        Assert.All(await chat.CountAsync("select count(*) from deliveries where copy_id is not null and state = 'pending' group by copy_id"), n => Assert.Equal(1, n));

        chat.Edits = null;
        chat.Edited.Clear();
        chat.Broker.Clock.Advance(TimeSpan.FromSeconds(21));
        await chat.RunAsync();
        await chat.RunAsync();
        Assert.Equal(chat.Edited.Distinct().Order(StringComparer.Ordinal), chat.Edited.Order(StringComparer.Ordinal));
        await chat.AllTrueAsync(request);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task A_chat_service_that_is_away_for_hours_costs_no_card_its_truth(Engine engine)
    {
        await using var chat = await Chat.NewAsync(engine);
        var request = await chat.PostedAsync();
        chat.Edits = _ => new SendOutcome.Later(TimeSpan.FromSeconds(5), "HTTP 500", IsRateLimit: false);
        await chat.Broker.DecideAsync("bea", request);
        for (var minute = 0; minute < 300; minute += 5)
        {
            await chat.RunAsync();
            chat.Broker.Clock.Advance(TimeSpan.FromMinutes(5));
        }

        Assert.Empty(await chat.CountAsync("select 1 from deliveries where state = 'dead'"));
        chat.Edits = null;
        await chat.RunAsync();
        await chat.AllTrueAsync(request);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task A_message_that_is_gone_is_posted_anew_once_though_another_edit_waits(Engine engine)
    {
        await using var chat = await Chat.NewAsync(engine);
        var request = await chat.PostedAsync();
        var before = chat.Posts;
        var isFirst = true;
        chat.Edits = copy =>
        {
            if (copy.Template != Templates.ApprovalCard || !isFirst)
                return null;
            isFirst = false;
            return new SendOutcome.Gone("message_not_found");
        };

        // The state moves once more while the first edit is on its way.
        chat.OnSend = async delivery =>
        {
            if (delivery.CopyId is not null && delivery.Template == Templates.ApprovalCard && isFirst)
                await chat.Broker.DecideAsync("dan", request);
        };
        await chat.Broker.DecideAsync("bea", request);
        await chat.RunAsync();
        await chat.RunAsync();
        Assert.Equal(before + 1, chat.Posts);
        await chat.AllTrueAsync(request);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task A_card_that_was_pressed_before_its_posting_was_recorded_is_one_copy_and_is_kept_true(Engine engine)
    {
        await using var chat = await Chat.NewAsync(engine);
        chat.OnSend = delivery => delivery.CopyId is null && delivery.Template == Templates.ApprovalCard ? chat.RegisterAsync(delivery) : Task.CompletedTask;
        var request = await chat.PostedAsync();
        Assert.Empty(await chat.CountAsync("select 1 from deliveries where state <> 'sent' and template = 'asker_card'"));
        Assert.Equal([1L], await chat.CountAsync("select count(*) from copies where template = 'approval_card'"));
        chat.OnSend = _ => Task.CompletedTask;
        await chat.RunAsync();
        await chat.Broker.DecideAsync("bea", request);
        await chat.RunAsync();
        await chat.AllTrueAsync(request);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task Of_two_due_edits_of_a_copy_one_is_in_flight(Engine engine)
    {
        await using var chat = await Chat.NewAsync(engine);
        var request = await chat.PostedAsync();
        await chat.Broker.DecideAsync("bea", request);

        // A replica claims the edits and dies; then the state moves again, and both are due.
        var store = chat.Broker.Get<OutboxStore>();
        var now = chat.Broker.Clock.GetUtcNow();
        await chat.Broker.Database.WriteAsync(s => store.ClaimAsync(s, "dead", now, now.AddSeconds(30), 50, CancellationToken.None), CancellationToken.None);
        await chat.Broker.DecideAsync("dan", request);
        chat.Broker.Clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Contains(2L, await chat.CountAsync("select count(*) from deliveries where copy_id is not null and state = 'pending' group by copy_id"));
        await chat.RunAsync();
        Assert.Equal(chat.Edited.Distinct().Order(StringComparer.Ordinal), chat.Edited.Order(StringComparer.Ordinal));
        await chat.RunAsync();
        await chat.AllTrueAsync(request);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task A_post_that_nobody_knows_the_fate_of_is_posted_again_and_each_known_copy_is_kept_true(Engine engine)
    {
        await using var chat = await Chat.NewAsync(engine);
        chat.UnsurePosts = 3;
        var request = await chat.PostedAsync();
        Assert.NotEmpty(await chat.CountAsync("select 1 from deliveries where state = 'uncertain'"));
        for (var i = 0; i < 8; i++)
        {
            chat.Broker.Clock.Advance(TimeSpan.FromSeconds(10));
            await chat.RunAsync();
        }

        Assert.Equal([2L], await chat.CountAsync("select count(*) from copies"));
        await chat.Broker.DecideAsync("bea", request);
        await chat.RunAsync();
        await chat.AllTrueAsync(request);
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task A_claim_lasts_fifteen_seconds_and_a_sender_that_lives_renews_it_for_as_long_as_chat_takes(Engine engine)
    {
        await using var chat = await Chat.NewAsync(engine);
        var answer = new TaskCompletionSource();
        chat.OnSend = _ => answer.Task;
        var request = (await chat.Broker.AskAsync(entitlement: TestCatalog.Two)).Id;
        var began = chat.Broker.Clock.GetUtcNow();
        var sending = chat.RunAsync();
        Assert.Equal(began + TimeSpan.FromSeconds(15), await chat.ClaimedUntilAsync());

        await Eventually.TrueAsync(
            async () =>
            {
                chat.Broker.Clock.Advance(TimeSpan.FromSeconds(1));
                return await chat.ClaimedUntilAsync() > began + TimeSpan.FromMinutes(1);
            },
            60);
        Assert.Empty(await chat.ClaimAsync("other", (await chat.ClaimedUntilAsync())!.Value.AddSeconds(-1)));
        answer.SetResult();
        await sending;

        Assert.Equal(2, chat.Posts);
        Assert.Null(await chat.ClaimedUntilAsync());
        await chat.AllTrueAsync(request);
    }

    /// <summary>The core with a chat surface that does as a test says, in place of Slack.</summary>
    private sealed class Chat(TestBroker broker) : IDeliverySender, IAsyncDisposable
    {
        private int _messages;

        public string Surface => "slack";

        public TestBroker Broker => broker;

        public Func<PostedCopy, SendOutcome?>? Edits { get; set; }

        public Func<Delivery, Task> OnSend { get; set; } = _ => Task.CompletedTask;

        public int UnsurePosts { get; set; }

        public ConcurrentQueue<string> Edited { get; } = new();

        public int Posts => _messages;

        public static async Task<Chat> NewAsync(Engine engine) =>
            new(await TestBroker.NewAsync(engine, surfaces: new ChatSurfaces([new ChatSurface(CoreSurface.Slack, "C0ACCESS", "C0OPS")])));

        public ValueTask DisposeAsync() => broker.DisposeAsync();

        public async Task<string> PostedAsync()
        {
            var request = await broker.AskAsync(entitlement: TestCatalog.Two);
            await RunAsync();
            return request.Id;
        }

        public Task<int> RunAsync() =>
            new DeliverOutbox(broker.Database, broker.Get<OutboxStore>(), broker.Get<CopyStore>(), [this], new Replica("sender"), broker.Get<Wakeups>(), broker.Clock, NullLogger<DeliverOutbox>.Instance).RunAsync(CancellationToken.None);

        public async Task<SendOutcome> SendAsync(Delivery delivery, PostedCopy? copy, CancellationToken cancellationToken)
        {
            var revision = await RevisionAsync(delivery.AboutId);
            await OnSend(delivery);
            if (copy is null)
            {
                var message = MessageOf(Interlocked.Increment(ref _messages));
                return UnsurePosts-- > 0 ? new SendOutcome.Uncertain("the answer was lost") : new SendOutcome.Sent("T0EX", "C0ACCESS", message, revision);
            }

            Edited.Enqueue(copy.Id);
            return Edits?.Invoke(copy) ?? new SendOutcome.Sent(copy.Tenant, copy.Channel, copy.Message, revision);
        }

        /// <summary>As a press on the message that is being posted right now does.</summary>
        public Task RegisterAsync(Delivery delivery)
        {
            var copy = new PostedCopy
            {
                Id = Ids.New(broker.Clock.GetUtcNow()), Surface = "slack", Template = delivery.Template, AboutId = delivery.AboutId, Recipient = delivery.Recipient,
                Tenant = "T0EX", Channel = "C0ACCESS", Message = MessageOf(_messages + 1), Revision = 0, PostedAt = broker.Clock.GetUtcNow(),
            };
            return broker.Database.WriteAsync(
                async session =>
                {
                    await broker.Get<CopyStore>().InsertAsync(session, copy, CancellationToken.None);
                    await broker.Get<OutboxStore>().InsertAsync(session, Announcer.EditOf(copy, broker.Clock.GetUtcNow()), CancellationToken.None);
                },
                CancellationToken.None);
        }

        public Task<IReadOnlyList<Delivery>> ClaimAsync(string owner, DateTimeOffset now) =>
            broker.Database.WriteAsync(s => broker.Get<OutboxStore>().ClaimAsync(s, owner, now, now.AddSeconds(15), 50, CancellationToken.None), CancellationToken.None);

        public Task<DateTimeOffset?> ClaimedUntilAsync() =>
            broker.Database.ReadAsync(s => s.FirstOrDefaultAsync<DateTimeOffset?>("select max(claimed_until) from deliveries", null, CancellationToken.None), CancellationToken.None);

        public Task<IReadOnlyList<long>> CountAsync(string sql) => broker.Database.ReadAsync(s => s.QueryAsync<long>(sql, null, CancellationToken.None), CancellationToken.None);

        /// <summary>Every copy shows the newest revision, and nothing waits.</summary>
        public async Task AllTrueAsync(string request)
        {
            var revision = await RevisionAsync(request);
            var shown = await CountAsync("select revision from copies");
            Assert.NotEmpty(shown);
            Assert.All(shown, r => Assert.Equal(revision, r));
            Assert.Empty(await CountAsync("select 1 from deliveries where state in ('pending', 'uncertain') and template in ('approval_card', 'asker_card')"));
        }

        private static string MessageOf(int n) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{n}.0");

        private Task<int> RevisionAsync(string request) => broker.Database.ReadAsync(s => broker.Get<CopyStore>().RevisionAsync(s, request, CancellationToken.None), CancellationToken.None);
    }
}
