using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Bots.Teams;
using JitBroker.Catalog;
using JitBroker.Tests.Loop;

namespace JitBroker.Tests.Teams;

/// <summary>Attacks I5, E4 and E6 and chat-wire B3 and B4: what goes out to Teams, where, and what becomes of it when Teams is away, slow, full or lies.</summary>
public sealed class OutgoingTests
{
    [Fact]
    public async Task A_request_is_asked_about_in_the_channel_and_told_to_its_asker_and_both_are_edited()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var id = await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies")).Count == 2);

        var posted = Assert.Single(door.Teams.Calls, c => c.Path == "/amer/v3/conversations");
        Assert.Equal(TeamsDoor.Channel, (string?)posted.Body["channelData"]!["channel"]!["id"]);
        Assert.Equal("Bearer our-token-1", posted.Authorization);
        var card = posted.Body["activity"]!["attachments"]![0]!["content"]!;
        Assert.Equal("1.5", (string?)card["version"]);

        // Safe for everyone in the channel; those who decide fetch their own view.
        Assert.DoesNotContain("\"approve\"", card.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(["29:bea", "29:dan", "29:eli"], card["refresh"]!["userIds"]!.AsArray().Select(u => (string?)u).Order(StringComparer.Ordinal));
        var own = Assert.Single(door.Teams.Calls, c => c.Path == "/amer/v3/conversations/a%3Aprivate-ana/activities");
        Assert.Contains("cancel", own.Body.ToJsonString(), StringComparison.Ordinal);

        await door.ApproveAsync("bea", id);
        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Count(c => c.Method == "PUT") == 2));
        var edits = door.Teams.Calls.Where(c => c.Method == "PUT").ToList();
        Assert.Contains("ready for Ana", Assert.Single(edits, e => e.Path.StartsWith("/amer/v3/conversations/19%3Aaccess%40thread.tacv2%3Bmessageid%3D", StringComparison.Ordinal)).Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("collect", Assert.Single(edits, e => e.Path.StartsWith("/amer/v3/conversations/a%3Aprivate-ana/activities/17", StringComparison.Ordinal)).Body.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(1, door.Teams.TokensGiven);
    }

    [Fact]
    public async Task An_approver_whom_Teams_has_not_shown_is_asked_for_so_that_they_see_their_buttons()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.DeliverAsync(door.Activity("installationUpdate", text: null, isChannel: true));
        await door.AskAsync();
        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Any(c => c.Path == "/amer/v3/conversations" && c.Body["activity"] is not null)));

        Assert.Contains(door.Teams.Calls, c => c.Path == $"/amer/v3/conversations/19%3Aaccess%40thread.tacv2/members/{TeamsDoor.ObjectOf("bea")}");
        var card = door.Teams.Calls.First(c => c.Body["activity"] is not null).Body["activity"]!["attachments"]![0]!["content"]!;
        Assert.Equal(3, card["refresh"]!["userIds"]!.AsArray().Count);
        Assert.Contains("29:bea", await door.QueryAsync<string>("select member from members"));
    }

    [Fact]
    public async Task Without_a_channel_each_approver_is_written_to_and_whose_chat_is_not_known_gets_one()
    {
        await using var door = await TeamsDoor.StartAsync(o => o with { Channel = "" });
        await door.DeliverAsync(door.Activity("installationUpdate", "bea", text: null));
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 3);

        Assert.Contains(door.Teams.Calls, c => c.Path == "/amer/v3/conversations/a%3Aprivate-bea/activities" && c.Body.ToJsonString().Contains("\"approve\"", StringComparison.Ordinal));
        var made = door.Teams.Calls.Where(c => c.Path == "/amer/v3/conversations").ToList();
        Assert.Equal(new[] { "ana", "dan", "eli" }.Select(TeamsDoor.ObjectOf).Order(StringComparer.Ordinal), made.Select(c => (string?)c.Body["members"]![0]!["id"]).Order(StringComparer.Ordinal));
        Assert.All(made, c => Assert.Equal(("28:" + FakeFramework.AppId, FakeFramework.Tenant), ((string?)c.Body["bot"]!["id"], (string?)c.Body["tenantId"])));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(412)]
    [InlineData(502)]
    [InlineData(504)]
    public async Task What_Teams_asks_to_be_tried_again_is_and_nothing_is_lost(int status)
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var left = 2;
        door.Teams.Answer = c => c.Path == "/amer/v3/conversations" && left-- > 0 ? (status, new JsonObject { ["error"] = new JsonObject { ["code"] = "Trouble" } }, status == 429 ? "20" : null) : null;
        await door.AskAsync();
        await door.UntilAsync(() => Task.FromResult(left <= 1));
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 1;
        });

        Assert.Equal("sent", Assert.Single(await door.QueryAsync<string>("select state from deliveries where template = 'approval_card'")));
        Assert.Equal(status == 429 ? 1 : 3, (await door.QueryAsync<long>("select attempts from deliveries where template = 'approval_card'"))[0]);
    }

    [Fact]
    public async Task After_a_429_nobody_calls_that_conversation_before_its_time()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var left = 1;
        door.Teams.Answer = c => c.Path == "/amer/v3/conversations" && left-- > 0 ? (429, null, "20") : null;
        await door.AskAsync();
        await door.UntilAsync(() => Task.FromResult(left <= 0));
        for (var i = 0; i < 12; i++)
        {
            door.Clock.Advance(TimeSpan.FromSeconds(1));
            await door.RingAsync();
        }

        Assert.Single(door.Teams.Calls, c => c.Path == "/amer/v3/conversations");
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 1;
        });
        Assert.Equal(2, door.Teams.Calls.Count(c => c.Path == "/amer/v3/conversations"));
    }

    [Theory]
    [InlineData(403, "BotNotInConversationRoster")]
    [InlineData(404, "ConversationNotFound")]
    public async Task A_channel_that_takes_no_cards_is_replaced_by_messages_to_the_approvers_and_operations_are_told(int status, string why)
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        door.Teams.Answer = c => (string?)c.Body["channelData"]?["channel"]?["id"] == TeamsDoor.Channel ? (status, new JsonObject { ["error"] = new JsonObject { ["code"] = why } }, null) : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 3);

        foreach (var approver in (string[])["bea", "dan", "eli"])
            Assert.Contains(door.Teams.Calls, c => c.Path == $"/amer/v3/conversations/a%3Aprivate-{approver}/activities");
        var complaint = Assert.Single(door.Teams.Calls, c => (string?)c.Body["channelData"]?["channel"]?["id"] == TeamsDoor.Operations);
        Assert.Contains(why, complaint.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(TeamsDoor.Channel, await door.QueryAsync<string>("select conversation from conversations"));
    }

    [Fact]
    public async Task A_channel_that_other_organisations_can_share_gets_no_cards()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        door.Teams.Answer = c => c.Path == "/amer/v3/teams/19%3Ateam%40thread.tacv2/conversations"
            ? (200, new JsonObject { ["conversations"] = new JsonArray(new JsonObject { ["id"] = TeamsDoor.Channel, ["name"] = "access", ["type"] = "shared" }) }, null)
            : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 3);

        Assert.DoesNotContain(door.Teams.Calls, c => (string?)c.Body["channelData"]?["channel"]?["id"] == TeamsDoor.Channel);
        Assert.Contains("shared channel", Assert.Single(door.Teams.Calls, c => (string?)c.Body["channelData"]?["channel"]?["id"] == TeamsDoor.Operations).Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_who_blocked_the_bot_is_given_up_and_not_written_to_there_again()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        door.Teams.Answer = c => c.Path.Contains("private-ana", StringComparison.Ordinal) || (string?)c.Body["members"]?[0]?["id"] == "29:ana" ? (403, new JsonObject { ["error"] = new JsonObject { ["code"] = "ConversationBlockedByUser" } }, null) : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select state from deliveries where state = 'dead'")).Count == 1);

        Assert.Equal("ConversationBlockedByUser", Assert.Single(await door.QueryAsync<string>("select last_error from deliveries where state = 'dead'")));
        Assert.DoesNotContain("a:private-ana", await door.QueryAsync<string>("select conversation from conversations"));
        Assert.Single(await door.QueryAsync<string>("select id from copies where template = 'approval_card'"));
    }

    [Fact]
    public async Task A_post_whose_answer_was_lost_is_posted_again_and_an_edit_that_was_lost_is_repeated()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var left = 1;
        door.Teams.Answer = c => c.Path == "/amer/v3/conversations" && left-- > 0 ? (500, null, null) : null;
        var id = await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select state from deliveries where template = 'approval_card'")) is ["uncertain"]);
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await door.QueryAsync<string>("select id from copies")).Count == 2;
        });

        left = 2;
        door.Teams.Answer = c => c.Method == "PUT" && left-- > 0 ? (500, null, null) : null;
        await door.ApproveAsync("bea", id);
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await door.QueryAsync<string>("select id from copies where revision < (select max(revision) from cards)")).Count == 0;
        });
        Assert.DoesNotContain("dead", await door.QueryAsync<string>("select state from deliveries"));
    }

    [Fact]
    public async Task A_card_that_somebody_deleted_is_posted_anew_while_it_matters()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var id = await door.AskAsync(TestCatalog.Two);
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies")).Count == 2);
        var left = 1;
        door.Teams.Answer = c => c.Method == "PUT" && c.Path.Contains("thread.tacv2", StringComparison.Ordinal) && left-- > 0 ? (404, new JsonObject { ["error"] = new JsonObject { ["code"] = "ActivityNotFoundInConversation" } }, null) : null;

        await door.ApproveAsync("bea", id);

        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Count(c => c.Body["activity"] is not null) == 2));
        Assert.Contains("1 of 2 approved", door.Teams.Calls.Last(c => c.Body["activity"] is not null).Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Teams_finds_too_large_is_sent_short_and_what_it_finds_malformed_as_plain_text()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        var (large, malformed) = (1, 1);
        door.Teams.Answer = c => c.Path == "/amer/v3/conversations" && large-- > 0 ? (413, new JsonObject { ["error"] = new JsonObject { ["code"] = "MessageSizeTooBig" } }, null)
            : c.Path.Contains("private-ana", StringComparison.Ordinal) && malformed-- > 0 ? (400, new JsonObject { ["error"] = new JsonObject { ["code"] = "BadSyntax" } }, null)
            : null;
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies")).Count == 2);

        var cards = door.Teams.Calls.Where(c => c.Path == "/amer/v3/conversations").Select(c => c.Body["activity"]!.ToJsonString()).ToList();
        Assert.Equal(2, cards.Count);
        Assert.Contains("jit pending", cards[1], StringComparison.Ordinal);
        var plain = door.Teams.Calls.Last(c => c.Path.Contains("private-ana", StringComparison.Ordinal)).Body;
        Assert.Equal(("plain", null), ((string?)plain["textFormat"], plain["attachments"]));
    }

    [Theory]
    [InlineData("https://evil.example/amer/")]
    [InlineData("https://smba.trafficmanager.net.evil.example/")]
    [InlineData("https://evil.example/smba.trafficmanager.net/")]
    [InlineData("https://user@smba.trafficmanager.net/")]
    [InlineData("http://smba.trafficmanager.net/")]
    [InlineData("https://smba.trafficmanager.net:8443/")]
    [InlineData("https://smba.trafficmanager.net/amer")]
    [InlineData("ftp://smba.trafficmanager.net/")]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("https://xn--smba-trafficmanager.net/")]
    [InlineData("//smba.trafficmanager.net/")]
    public async Task An_activity_that_points_at_another_service_is_refused_and_no_token_goes_there(string service)
    {
        await using var door = await TeamsDoor.StartAsync(o => o with { ServiceHosts = TeamsOptions.UsualServiceHosts, AllowTestEndpoints = service.StartsWith("http://127", StringComparison.Ordinal) });
        var activity = door.Activity();
        activity["serviceUrl"] = service;
        var claims = door.Teams.Claims(door.Clock.GetUtcNow());
        claims["serviceurl"] = service;

        Assert.Equal(HttpStatusCode.Forbidden, (await door.SendAsync("Bearer " + door.Teams.Sign(claims), activity.ToJsonString())).Status);

        Assert.Empty(await door.QueryAsync<string>("select conversation from conversations"));

        // Nor when the address has come into the database some other way.
        if (Uri.TryCreate(service, UriKind.Absolute, out var address))
        {
            var reply = await door.Get<TeamsCalls>().PostAsync(new TeamsPlace(FakeFramework.Tenant, address, "a:1"), new TeamsMessage("x", null), Bots.Chat.Urgency.Answer, CancellationToken.None);
            Assert.Equal(TeamsReply.Refused.NotAllowed, Assert.IsType<TeamsReply.Refused>(reply).Error);
        }

        Assert.Empty(door.Teams.Calls);
    }

    [Theory]
    [InlineData("https://smba.trafficmanager.net/amer/", true)]
    [InlineData("https://smba.trafficmanager.net/", true)]
    [InlineData("https://europe.botframework.com/", true)]
    [InlineData("https://SMBA.trafficmanager.net/emea/", true)]
    [InlineData("https://trafficmanager.net/", false)]
    [InlineData("https://evilbotframework.com/", false)]
    [InlineData("https://smba.trafficmanager.net/?x=1", false)]
    public void A_service_is_believed_at_the_listed_hosts_and_below_them(string service, bool isAllowed) =>
        Assert.Equal(isAllowed, new TeamsOptions().IsAllowedService(new Uri(service)));

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        door.Teams.Answer = _ => (307, null, null);
        var id = await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select last_error from deliveries where last_error is not null")).Count > 0);

        Assert.NotEmpty(id);
        Assert.DoesNotContain(door.Teams.Calls, c => c.Path.Contains("elsewhere", StringComparison.Ordinal));
    }

    [Fact]
    public async Task While_the_app_gets_no_token_everything_waits_and_nothing_dies()
    {
        var secret = "wrong";
        await using var door = await TeamsDoor.StartAsync(o => o with { ClientSecret = () => secret });
        await door.InstallAsync();
        await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select last_error from deliveries where last_error is not null")).Contains("the bot gets no token"));
        Assert.All(await door.QueryAsync<string>("select state from deliveries"), s => Assert.Equal("pending", s));
        Assert.Contains("invalid_client", door.Get<TeamsStanding>().Describe(), StringComparison.Ordinal);
        Assert.Empty(door.Teams.Calls);

        // A secret that was put right is used at once.
        secret = FakeFramework.Secret;
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(5));
            return (await door.QueryAsync<string>("select id from copies")).Count == 2;
        });
    }

    [Fact]
    public async Task With_a_certificate_no_secret_is_sent_and_a_new_file_is_seen_at_once()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("jitbroker-teams-").FullName, "bot.pem");
        await WriteCertificateAsync(path);
        await using var door = await TeamsDoor.StartAsync(o => o with { ClientSecret = () => "", CertificatePath = path });

        var first = await door.Get<TeamsCredentials>().TokenAsync(CancellationToken.None);
        Assert.StartsWith("our-token-", first, StringComparison.Ordinal);
        Assert.Contains("client_assertion=", door.Teams.TokenForm, StringComparison.Ordinal);
        Assert.DoesNotContain("client_secret", door.Teams.TokenForm, StringComparison.Ordinal);

        await WriteCertificateAsync(path);
        var second = await door.Get<TeamsCredentials>().TokenAsync(CancellationToken.None);
        Assert.StartsWith("our-token-", second, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
        File.Delete(path);
        Assert.Null(await door.Get<TeamsCredentials>().TokenAsync(CancellationToken.None));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static async Task WriteCertificateAsync(string path)
    {
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=jit", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        await File.WriteAllTextAsync(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
    }

    [Fact]
    public async Task A_token_that_a_service_takes_for_no_good_is_replaced()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.InstallAsync();
        door.Teams.Answer = c => c.Authorization == "Bearer our-token-1" ? (401, new JsonObject { ["error"] = new JsonObject { ["code"] = "BotNotRegistered" } }, null) : null;
        await door.AskAsync();
        await door.UntilAsync(async () =>
        {
            door.Clock.Advance(TimeSpan.FromSeconds(30));
            return (await door.QueryAsync<string>("select id from copies")).Count == 2;
        });

        Assert.InRange(door.Teams.TokensGiven, 2, 4);
    }

    [Fact]
    public async Task What_is_said_of_a_card_stands_in_its_thread_and_mentions_those_who_were_asked()
    {
        await using var door = await TeamsDoor.StartAsync(change: e => e with { Approval = TestCatalog.Rule(new Clause("data-owners", 1, TimeSpan.FromMinutes(15))) });
        await door.InstallAsync();
        var id = await door.AskAsync();
        await door.UntilAsync(async () => (await door.QueryAsync<string>("select id from copies where template = 'approval_card'")).Count == 1);
        var root = (await door.QueryAsync<string>("select message from copies where template = 'approval_card'"))[0];
        await door.RemindAsync();
        var thread = $"/amer/v3/conversations/19%3Aaccess%40thread.tacv2%3Bmessageid%3D{root}/activities";
        await door.UntilAsync(() => Task.FromResult(door.Teams.Calls.Any(c => c.Method == "POST" && c.Path == thread)));

        var note = door.Teams.Calls.Last(c => c.Path == thread).Body.ToJsonString();
        Assert.NotEmpty(id);
        Assert.All((string[])["29:bea", "29:dan", "29:eli"], m => Assert.Contains(m, note, StringComparison.Ordinal));
        Assert.Equal(TeamsDoor.Channel, (await door.QueryAsync<string>("select channel from copies where template = 'approval_card'"))[0]);
    }
}
