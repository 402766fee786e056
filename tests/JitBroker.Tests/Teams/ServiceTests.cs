using System.Net;
using JitBroker.Bots.Teams;

namespace JitBroker.Tests.Teams;

/// <summary>Attacks I5 and E4: where our token goes, and where it never does.</summary>
public sealed class ServiceTests
{
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
}
