using System.Text.Json.Nodes;
using JitBroker.Bots.Teams;
using JitBroker.Outbox;
using JitBroker.Storage;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Teams;

/// <summary>Where people and channels can be written to: only as accepted activities have shown it, the newest per conversation.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public async Task Every_accepted_activity_shows_where_its_conversation_is()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.DeliverAsync(door.Activity("installationUpdate", text: null));
        await door.DeliverAsync(door.Activity(person: "bea", isChannel: true));

        var rows = await door.QueryAsync<string>("select conversation || ' ' || kind || ' ' || coalesce(account, '-') || ' ' || coalesce(team, '-') || ' ' || service_url from conversations order by kind");
        Assert.Equal(
            [$"{TeamsDoor.Channel} channel - 19:team@thread.tacv2 {door.Teams.ServiceUrl}", $"a:private-ana personal {TeamsDoor.ObjectOf("ana")} - {door.Teams.ServiceUrl}"], rows);
        Assert.Equal(["29:ana", "29:bea"], await door.QueryAsync<string>("select member from members order by member"));
    }

    [Theory]
    [InlineData("installationUpdate", "remove")]
    [InlineData("conversationUpdate", null)]
    public async Task A_chat_or_team_that_the_bot_was_removed_from_is_forgotten(string type, string? action)
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.DeliverAsync(door.Activity("installationUpdate", text: null));
        await door.DeliverAsync(door.Activity(isChannel: true));
        foreach (var isChannel in (bool[])[false, true])
        {
            var farewell = door.Activity(type, text: null, isChannel: isChannel);
            farewell["action"] = action;
            if (action is null)
                farewell["membersRemoved"] = new JsonArray(new JsonObject { ["id"] = "28:" + FakeFramework.AppId });
            await door.DeliverAsync(farewell);
        }

        Assert.Empty(await door.QueryAsync<string>("select conversation from conversations"));

        // It is let in again.
        await door.DeliverAsync(door.Activity("installationUpdate", text: null));
        Assert.Single(await door.QueryAsync<string>("select conversation from conversations"));
    }

    [Fact]
    public async Task Somebody_who_blocked_the_bot_and_writes_to_it_again_is_written_to_again()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.DeliverAsync(door.Activity());
        await door.Get<TeamsReferences>().ForgetAsync(new TeamsPlace(FakeFramework.Tenant, door.Teams.ServiceUrl, "a:private-ana"), CancellationToken.None);
        Assert.Empty(await door.QueryAsync<string>("select conversation from conversations"));

        await door.DeliverAsync(door.Activity());
        Assert.Single(await door.QueryAsync<string>("select conversation from conversations"));
    }

    [Fact]
    public async Task Somebody_else_who_leaves_changes_nothing()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.DeliverAsync(door.Activity(isChannel: true));
        var farewell = door.Activity("conversationUpdate", text: null, isChannel: true);
        farewell["membersRemoved"] = new JsonArray(new JsonObject { ["id"] = "29:bea" });
        await door.DeliverAsync(farewell);

        Assert.Single(await door.QueryAsync<string>("select conversation from conversations"));
    }

    [Theory]
    [MemberData(nameof(Databases.Engines), MemberType = typeof(Databases))]
    public async Task The_newest_of_a_conversation_and_of_a_person_wins(Engine engine)
    {
        await using var databases = await Databases.NewAsync(engine);
        var (store, now) = (new ConversationStore(), new ManualClock().GetUtcNow());
        var first = new Conversation { Tenant = "t", Id = "a:1", Kind = "personal", ServiceUrl = "https://one/", Bot = "28:b", Account = "o", SeenAt = now };
        Task SeeAsync(Conversation conversation) => databases.Database.WriteAsync(s => store.SeeAsync(s, conversation, CancellationToken.None), CancellationToken.None);

        await SeeAsync(first);
        await SeeAsync(first with { ServiceUrl = "https://two/", SeenAt = now.AddSeconds(2), Account = null });
        await SeeAsync(first with { ServiceUrl = "https://late/", SeenAt = now.AddSeconds(1) });
        Assert.Equal(("a:1", "https://two/"), await PersonalAsync());

        await SeeAsync(first with { Id = "a:2", SeenAt = now.AddSeconds(3) });
        Assert.Equal(("a:2", "https://one/"), await PersonalAsync());

        async Task<(string, string)> PersonalAsync()
        {
            var found = await databases.Database.ReadAsync(s => store.PersonalAsync(s, "t", "o", CancellationToken.None), CancellationToken.None);
            return (found!.Id, found.ServiceUrl);
        }
    }
}
