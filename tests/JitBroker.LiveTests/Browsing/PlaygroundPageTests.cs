using JitBroker.LiveTests.Fixtures;
using Microsoft.Playwright;

namespace JitBroker.LiveTests.Browsing;

/// <summary>The whole loop by hand, in a real browser, on the demo as a user starts it; a picture of each state is kept.</summary>
public sealed class PlaygroundPageTests
{
    private const string Logs = "payments-logs:read";

    [Fact]
    public async Task The_loop_can_be_driven_by_hand_from_the_ask_to_the_refused_credential()
    {
        await using var demo = await DemoProcess.StartAsync();
        await using var chromium = await Chromium.StartAsync();
        var ana = await chromium.OpenAsync(new Uri(demo.Workspace, "#ana/access-requests"));
        var bea = await chromium.OpenAsync(new Uri(demo.Workspace, "#bea/access-requests"));

        await AskByTheFormAsync(ana);
        await RefuseSelfApprovalAsync(ana);
        await ApproveAsync(ana, bea);
        var token = await CollectAsync(demo, ana);
        await UseUntilDoneAsync(demo, chromium, ana, token);
        await LookRoundAsync(demo, chromium);

        Assert.Empty(ana.Complaints);
        Assert.Empty(bea.Complaints);
        // Where it is, or that it is not there: whichever, it is said.
        await demo.SaysAsync("RabbitMQ");
        await demo.SaysAsync("AWS");
        Assert.Equal(0, await demo.InterruptAsync());
    }

    private static async Task AskByTheFormAsync(Window ana)
    {
        await ana.SeesAsync(ana.Page.Locator("#say"));
        await ana.KeepAsync("01-empty-channel");
        await ana.Page.Locator("#say").FillAsync("/acc");
        await ana.SeesAsync(ana.Page.Locator(".hint").First);
        await ana.KeepAsync("02-command-hint");
        await ana.SayAsync($"/access request {Logs}");
        var reason = ana.Page.Locator("#f-reason");
        await ana.SeesAsync(reason);
        await ana.SeesAsync(ana.Page.Locator(".modal", new PageLocatorOptions { HasText = "Bea" }));
        await ana.KeepAsync("03-form");

        await reason.FillAsync("checkout is slow");
        await ana.Page.Locator("#submit").ClickAsync();
        await ana.SeesAsync(ana.Page.Locator("[data-block=reason] .b-error"));
        await ana.KeepAsync("04-form-inline-error");
        Assert.Equal("checkout is slow", await reason.InputValueAsync());

        await reason.FillAsync("INC-42 checkout is slow");
        await ana.Page.Locator("#submit").ClickAsync();
        await ana.SeesNoAsync(ana.Page.Locator(".modal"));
        await ana.SeesAsync(ana.Page.Locator("[data-action=approve]"));
        await ana.KeepAsync("05-card");
    }

    private static async Task RefuseSelfApprovalAsync(Window ana)
    {
        await ana.Page.Locator("[data-action=approve]").ClickAsync();
        await ana.SeesAsync(ana.Page.Locator(".message.ephemeral", new PageLocatorOptions { HasText = "your own request" }));
        await ana.KeepAsync("06-self-approval-refused");
        await ana.SeesAsync(ana.Page.Locator("[data-action=approve]"));
    }

    private static async Task ApproveAsync(Window ana, Window bea)
    {
        await bea.SeesAsync(bea.Page.Locator("[data-action=approve]"));
        Assert.Equal(0, await bea.Page.Locator(".message.ephemeral", new PageLocatorOptions { HasText = "your own request" }).CountAsync());
        await bea.KeepAsync("07-card-for-bea");
        await bea.Page.Locator("[data-action=deny]").ClickAsync();
        await bea.SeesAsync(bea.Page.Locator(".modal .field"));
        await bea.KeepAsync("08-deny-asks-why");
        await bea.Page.Keyboard.PressAsync("Escape");
        await bea.SeesNoAsync(bea.Page.Locator(".modal"));

        await bea.Page.Locator("[data-action=approve]").ClickAsync();
        foreach (var window in new[] { bea, ana })
        {
            await window.SeesAsync(window.Message("Approved by Bea"));
            await window.SeesNoAsync(window.Page.Locator("[data-action=approve], [data-action=deny]"));
        }

        await bea.KeepAsync("09-approved");
        await ana.Page.Locator("#sidebar [data-conversation^=D]").ClickAsync();
        await ana.SeesAsync(ana.Page.Locator(".message", new PageLocatorOptions { HasText = Logs }).First);
        await ana.KeepAsync("10-direct-message");
        await ana.Page.Locator("[data-conversation=C0ACCESS]").ClickAsync();
    }

    private static async Task<string> CollectAsync(DemoProcess demo, Window ana)
    {
        using var terminal = new Terminal(demo.Broker);
        var (login, code) = await terminal.BeginLoginAsync();
        await using (login)
        {
            await ana.SayAsync($"/access login {code}");
            await ana.SeesAsync(ana.Page.Locator("[data-action=login_confirm]"));
            await ana.KeepAsync("11-sign-in");
            await ana.Page.Locator("[data-action=login_confirm]").ClickAsync();
            Assert.Equal(0, await login.ExitAsync());
        }

        return (await terminal.RunAsync("creds", Logs, "--format", "token")).Exits(0).Output.Trim();
    }

    private static async Task UseUntilDoneAsync(DemoProcess demo, Chromium chromium, Window ana, string token)
    {
        var service = await chromium.OpenAsync(demo.Service, width: 900, height: 640);
        var answer = service.Page.Locator("#answer");
        await service.Page.Locator("#token").FillAsync(token);
        await service.Page.Locator("#read").ClickAsync();
        await Assertions.Expect(answer).ToContainTextAsync("Read by ana@example.com");
        await service.KeepAsync("12-service-lets-in");

        await ana.SayAsync("/access mine");
        await ana.SeesAsync(ana.Message("Your access"));
        await ana.KeepAsync("13-mine");
        await ana.SayAsync("/access done");
        await Eventually.TrueAsync(async () =>
        {
            await service.Page.Locator("#read").ClickAsync();
            await Assertions.Expect(answer).Not.ToBeEmptyAsync();
            return (await answer.TextContentAsync())!.Contains("Refused", StringComparison.Ordinal);
        });
        await service.KeepAsync("14-service-refuses");
        await ana.SeesAsync(ana.Message("Ending").Or(ana.Message("Ended")).Last);
        await ana.KeepAsync("15-done");
    }

    private static async Task LookRoundAsync(DemoProcess demo, Chromium chromium)
    {
        var dark = await chromium.OpenAsync(new Uri(demo.Workspace, "#bea/access-requests"), ColorScheme.Dark);
        await dark.SayAsync("/access help");
        await dark.SeesAsync(dark.Message("/access"));
        await dark.Page.Locator("#wire-toggle").ClickAsync();
        await dark.SeesAsync(dark.Page.Locator(".wire-row").First);
        await dark.KeepAsync("16-dark-with-wire");
        var narrow = await chromium.OpenAsync(new Uri(demo.Workspace, "#ana/access-requests"), width: 420, height: 800);
        await narrow.SeesAsync(narrow.Message("Approved by Bea"));
        await narrow.KeepAsync("17-narrow");
        await narrow.FitsAsync();
        await narrow.SayAsync("/access request");
        await narrow.SeesAsync(narrow.Page.Locator("#f-reason"));
        await narrow.FitsAsync();
        await narrow.KeepAsync("18-narrow-form");
        Assert.Empty(dark.Complaints);
        Assert.Empty(narrow.Complaints);
    }
}
