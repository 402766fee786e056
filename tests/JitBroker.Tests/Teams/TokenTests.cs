using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using JitBroker.Bots.Teams;

namespace JitBroker.Tests.Teams;

/// <summary>Attack I5: who is believed to be Teams. The nineteen cases of chat-wire D5, with the three that the official SDK accepts wrongly closed, and what lies between them.</summary>
public sealed class TokenTests
{
    public static TheoryData<string, HttpStatusCode> Cases => new()
    {
        { "valid", HttpStatusCode.OK },
        { "no header", HttpStatusCode.Unauthorized },
        { "wrong aud", HttpStatusCode.Unauthorized },
        { "wrong iss", HttpStatusCode.Unauthorized },
        { "expired 6 min", HttpStatusCode.Unauthorized },
        { "expired 4 min (skew 5)", HttpStatusCode.OK },
        { "serviceurl mismatch", HttpStatusCode.Forbidden },
        { "serviceurl trailing slash differs", HttpStatusCode.Forbidden },
        { "claim serviceUrl (camel) only", HttpStatusCode.Forbidden },
        { "serviceurl claim missing", HttpStatusCode.Forbidden },
        { "activity w/o serviceUrl", HttpStatusCode.Forbidden },
        { "channelId not endorsed (slack)", HttpStatusCode.Forbidden },
        { "key with NO endorsements", HttpStatusCode.Forbidden },
        { "empty channelId", HttpStatusCode.Forbidden },
        { "alg none", HttpStatusCode.Unauthorized },
        { "HS256", HttpStatusCode.Unauthorized },
        { "unknown kid", HttpStatusCode.Unauthorized },
        { "wrong key", HttpStatusCode.Unauthorized },
        { "nbf 10 min future", HttpStatusCode.Unauthorized },

        // Beyond the table.
        { "activity w/o channelId", HttpStatusCode.Forbidden },
        { "activity without any serviceUrl", HttpStatusCode.Forbidden },
        { "no serviceurl in both", HttpStatusCode.Forbidden },
        { "key endorsed for webchat only", HttpStatusCode.Forbidden },
        { "RS384", HttpStatusCode.Unauthorized },
        { "no exp", HttpStatusCode.Unauthorized },
        { "issuer of the emulator", HttpStatusCode.Unauthorized },
        { "issuer of Entra", HttpStatusCode.Unauthorized },
        { "no kid", HttpStatusCode.Unauthorized },
        { "two headers", HttpStatusCode.Unauthorized },
        { "basic", HttpStatusCode.Unauthorized },
        { "garbage", HttpStatusCode.Unauthorized },
        { "four parts", HttpStatusCode.Unauthorized },
        { "empty parts", HttpStatusCode.Unauthorized },
        { "payload changed", HttpStatusCode.Unauthorized },
        { "lower-case scheme", HttpStatusCode.OK },
        { "nbf 4 min future (skew 5)", HttpStatusCode.OK },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Only_a_token_that_Teams_made_for_this_activity_comes_in(string @case, HttpStatusCode expected)
    {
        await using var door = await TeamsDoor.StartAsync();
        var (authorization, activity) = Make(door, @case);

        var (status, _) = await door.SendAsync(authorization, activity.ToJsonString());

        Assert.Equal(expected, status);
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, (await door.QueryAsync<string>("select id from inbox")).Count);
        Assert.Equal(expected == HttpStatusCode.OK ? 1 : 0, (await door.QueryAsync<string>("select conversation from conversations")).Count);
        Assert.Empty(door.Acting.Invoked);
    }

    [Fact]
    public async Task A_body_that_is_too_large_not_JSON_or_ambiguous_is_refused_and_only_POST_does_anything()
    {
        await using var door = await TeamsDoor.StartAsync();
        var good = "Bearer " + door.Teams.Sign(door.Teams.Claims(door.Clock.GetUtcNow()));
        var activity = door.Activity();
        activity["padding"] = new string('x', TeamsEndpoint.LargestBody);
        var twice = door.Activity().ToJsonString().Replace("\"channelId\":", "\"channelId\":\"msteams\",\"channelId\":", StringComparison.Ordinal);
        var half = door.Activity().ToJsonString().Replace("whoami", "\\ud800", StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await door.SendAsync(good, activity.ToJsonString())).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await door.SendAsync(good, door.Activity().ToJsonString(), "text/plain")).Status);
        foreach (var body in (string[])["", "{", "[]", "null", twice, half])
            Assert.Equal(HttpStatusCode.BadRequest, (await door.SendAsync(good, body)).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, await door.GetAsync());
        Assert.Empty(await door.QueryAsync<string>("select id from inbox"));
        foreach (var member in (string[])["type", "id", "from", "conversation"])
        {
            var lacking = door.Activity();
            lacking.Remove(member);
            Assert.Equal(HttpStatusCode.BadRequest, (await door.DeliverAsync(lacking)).Status);
        }
    }

    [Fact]
    public async Task A_tenant_that_is_not_listed_gets_nothing_but_a_refusal_that_is_an_event()
    {
        const string Other = "99999999-0c1d-4c55-9a52-0d9a3b6c1a01";
        await using var door = await TeamsDoor.StartAsync();
        var foreign = door.Activity();
        foreign["channelData"]!["tenant"]!["id"] = Other;
        var mixed = door.Invoke();
        mixed["conversation"]!["tenantId"] = Other;
        var none = door.Activity();
        ((JsonObject)none["channelData"]!).Remove("tenant");

        foreach (var activity in (JsonObject[])[foreign, mixed, none])
            Assert.Equal(HttpStatusCode.Forbidden, (await door.DeliverAsync(activity)).Status);

        Assert.Empty(await door.QueryAsync<string>("select id from inbox"));
        Assert.Empty(await door.QueryAsync<string>("select conversation from conversations"));
        Assert.Empty(door.Acting.Invoked);
        var refused = await door.QueryAsync<string>("select data from events where type = 'refused' and surface = 'teams'");
        Assert.Equal(3, refused.Count);
        Assert.Contains(refused, e => e.Contains(Other, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_its_keys_Teams_is_answered_503_and_heard_again_by_itself()
    {
        await using var door = await TeamsDoor.StartAsync();
        door.Teams.IsAway = true;

        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await door.DeliverAsync(door.Activity())).Status);
        Assert.Equal(1, door.Teams.MetadataReads);
        Assert.Contains("keys of Teams cannot be read", door.Get<TeamsStanding>().Describe(), StringComparison.Ordinal);

        door.Teams.IsAway = false;
        door.Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Equal(HttpStatusCode.OK, (await door.DeliverAsync(door.Activity())).Status);
        Assert.Equal("Teams calls this broker.", door.Get<TeamsStanding>().Describe());
    }

    [Fact]
    public async Task An_unknown_key_makes_the_broker_ask_once_an_hour_at_most()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.DeliverAsync(door.Activity());
        var stranger = "Bearer " + door.Teams.Sign(door.Teams.Claims(door.Clock.GetUtcNow()), kid: "k9", signer: "k1");

        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.Unauthorized, (await door.SendAsync(stranger, door.Activity().ToJsonString())).Status);
        Assert.Equal(2, door.Teams.MetadataReads);

        // A new key that Teams has begun to sign with is found then, and its old ones are good meanwhile.
        door.Teams.Keys["k9"] = (RSA.Create(2048), ["msteams"]);
        Assert.Equal(HttpStatusCode.OK, (await door.DeliverAsync(door.Activity())).Status);
        door.Clock.Advance(TimeSpan.FromMinutes(61));
        var fresh = "Bearer " + door.Teams.Sign(door.Teams.Claims(door.Clock.GetUtcNow()), kid: "k9");
        Assert.Equal(HttpStatusCode.OK, (await door.SendAsync(fresh, door.Activity().ToJsonString())).Status);
        Assert.Equal(3, door.Teams.MetadataReads);
    }

    [Fact]
    public async Task Keys_are_read_anew_each_day_and_one_that_is_gone_is_good_no_more()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.DeliverAsync(door.Activity());
        var gone = door.Teams.Keys["k1"];
        door.Teams.Keys.Remove("k1");
        door.Teams.Keys["k8"] = (RSA.Create(2048), ["msteams"]);
        door.Clock.Advance(TimeSpan.FromHours(25));
        var claims = door.Teams.Claims(door.Clock.GetUtcNow());
        door.Teams.Keys["k1"] = gone;
        var old = "Bearer " + door.Teams.Sign((JsonObject)claims.DeepClone());
        door.Teams.Keys.Remove("k1");

        Assert.Equal(HttpStatusCode.Unauthorized, (await door.SendAsync(old, door.Activity().ToJsonString())).Status);
        Assert.Equal(HttpStatusCode.OK, (await door.SendAsync("Bearer " + door.Teams.Sign(claims, kid: "k8"), door.Activity().ToJsonString())).Status);
        gone.Key.Dispose();
    }

    [Fact]
    public async Task While_keys_cannot_be_read_anew_the_last_ones_hold_for_another_day_and_no_longer()
    {
        await using var door = await TeamsDoor.StartAsync();
        await door.DeliverAsync(door.Activity());
        door.Teams.IsAway = true;

        door.Clock.Advance(TimeSpan.FromHours(30));
        Assert.Equal(HttpStatusCode.OK, (await door.DeliverAsync(door.Activity())).Status);
        door.Clock.Advance(TimeSpan.FromHours(19));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await door.DeliverAsync(door.Activity())).Status);
    }

    [Fact]
    public async Task Keys_that_the_metadata_place_at_another_host_are_not_read()
    {
        await using var door = await TeamsDoor.StartAsync();
        door.Teams.KeysAddress = "http://localhost:" + door.Teams.Url.Port + "/v1/.well-known/keys";

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await door.DeliverAsync(door.Activity())).Status);
    }

    private static (string? Authorization, JsonObject Activity) Make(TeamsDoor door, string @case)
    {
        var (claims, activity, teams) = (door.Teams.Claims(door.Clock.GetUtcNow()), door.Activity(), door.Teams);
        var now = door.Clock.GetUtcNow().ToUnixTimeSeconds();
        var service = teams.ServiceUrl.AbsoluteUri;
        string Good() => "Bearer " + teams.Sign(claims);
        string With(string name, JsonNode? value)
        {
            claims[name] = value;
            return Good();
        }

        string Without(string name, string? instead = null)
        {
            claims.Remove(name);
            if (instead is not null)
                claims[instead] = service;
            return Good();
        }

        string Of(Action change)
        {
            change();
            return Good();
        }

        var authorization = @case switch
        {
            "valid" => Good(),
            "no header" => null,
            "wrong aud" => With("aud", "33333333-3333-3333-3333-333333333333"),
            "wrong iss" => With("iss", "https://evil"),
            "expired 6 min" => Of(() => (claims["nbf"], claims["exp"]) = (now - 4000, now - 360)),
            "expired 4 min (skew 5)" => Of(() => (claims["nbf"], claims["exp"]) = (now - 4000, now - 240)),
            "serviceurl mismatch" => With("serviceurl", "https://evil/"),
            "serviceurl trailing slash differs" => With("serviceurl", service[..^1]),
            "claim serviceUrl (camel) only" => Without("serviceurl", "serviceUrl"),
            "serviceurl claim missing" => Without("serviceurl"),
            "activity w/o serviceUrl" => Of(() => activity["serviceUrl"] = ""),
            "activity without any serviceUrl" => Of(() => activity.Remove("serviceUrl")),
            "no serviceurl in both" => Of(() => (activity["serviceUrl"], claims["serviceurl"]) = ("", "")),
            "channelId not endorsed (slack)" => Of(() => activity["channelId"] = "slack"),
            "key with NO endorsements" => "Bearer " + teams.Sign(claims, "k2-noend"),
            "key endorsed for webchat only" => "Bearer " + teams.Sign(claims, "k3-webchat"),
            "empty channelId" => Of(() => activity["channelId"] = ""),
            "activity w/o channelId" => Of(() => activity.Remove("channelId")),
            "alg none" => "Bearer " + teams.Sign(claims, alg: "none"),
            "HS256" => "Bearer " + teams.Sign(claims, alg: "HS256"),
            "RS384" => "Bearer " + teams.Sign(claims, alg: "RS384"),
            "unknown kid" => "Bearer " + teams.Sign(claims, kid: "zzz"),
            "no kid" => "Bearer " + teams.Sign(claims, kid: ""),
            "wrong key" => "Bearer " + teams.Sign(claims, signer: "k2-noend"),
            "nbf 10 min future" => With("nbf", now + 600),
            "nbf 4 min future (skew 5)" => With("nbf", now + 240),
            "no exp" => Without("exp"),
            "issuer of the emulator" => With("iss", "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"),
            "issuer of Entra" => With("iss", $"https://login.microsoftonline.com/{FakeFramework.Tenant}/v2.0"),
            "two headers" => Good() + ", " + Good(),
            "basic" => "Basic " + Convert.ToBase64String("a:b"u8),
            "garbage" => "Bearer a.b.c",
            "four parts" => Good() + ".x",
            "empty parts" => "Bearer ..",
            "payload changed" => Changed(Good()),
            "lower-case scheme" => "bearer " + teams.Sign(claims),
            _ => throw new InvalidOperationException(@case),
        };
        return (authorization, activity);
    }

    private static string Changed(string token)
    {
        var parts = token.Split('.');
        return $"{parts[0]}.{parts[1][..^4]}{(parts[1][^4] == 'A' ? 'B' : 'A')}{parts[1][^3..]}.{parts[2]}";
    }
}
