using JitBroker.LiveTests.Fixtures;
using Microsoft.Playwright;

namespace JitBroker.LiveTests.Browsing;

/// <summary>Slack and Teams side by side, in a real browser, on the demo as a user starts it: a card and its twin change together.</summary>
public sealed class TwinPageTests
{
    private const string Logs = "payments-logs:read";

    [Fact]
    public async Task A_card_and_its_twin_change_together_whichever_is_pressed()
    {
        await using var demo = await DemoProcess.StartAsync();
        await using var chromium = await Chromium.StartAsync();
        var ana = await chromium.OpenAsync(new Uri(demo.Workspace, "#ana/access-requests"), width: 1440, height: 900);
        var bea = await chromium.OpenAsync(new Uri(demo.Workspace, "#bea/access-requests"), width: 1440, height: 900);

        await AskInSlackAsync(ana, bea);
        await DenyAsksWhyAsync(bea);
        await ApproveInTeamsAsync(ana, bea);
        await AskInTeamsAsync(ana);
        await LookRoundAsync(demo, chromium);

        Assert.Empty(ana.Complaints);
        Assert.Empty(bea.Complaints);
        Assert.Equal(0, await demo.InterruptAsync());
    }

    private static ILocator Post(Window window, string words) => window.Page.Locator(".post", new PageLocatorOptions { HasText = words }).Last;

    private static async Task AskInSlackAsync(Window ana, Window bea)
    {
        await ana.SeesAsync(ana.Page.Locator("#t-say"));
        await ana.SayAsync($"/access request {Logs} 30m INC-42 checkout is slow");
        await ana.SeesAsync(ana.Message("INC-42").Or(ana.Page.Locator("[data-action=approve]")).First);
        await ana.SeesAsync(Post(ana, "INC-42"));
        await ana.SeesNoAsync(ana.Page.Locator("#teams [data-verb=approve]"));
        await bea.SeesAsync(Post(bea, "INC-42").Locator("[data-verb=approve]"));
        await bea.KeepAsync("30-twins");
        await bea.FitsAsync();
    }

    private static async Task DenyAsksWhyAsync(Window bea)
    {
        await bea.Page.Locator("#teams [data-verb=deny]").ClickAsync();
        var reason = bea.Page.Locator("#teams [data-key=in_reason]");
        await bea.SeesAsync(reason);
        await bea.KeepAsync("31-deny-asks-why-in-teams");
        await bea.Page.Locator("#teams .t-btn", new PageLocatorOptions { HasText = "Cancel" }).ClickAsync();
        await bea.SeesNoAsync(reason);
        await bea.SeesAsync(bea.Page.Locator("#teams [data-verb=approve]"));
    }

    private static async Task ApproveInTeamsAsync(Window ana, Window bea)
    {
        await Post(bea, "INC-42").Locator("[data-verb=approve]").ClickAsync();
        foreach (var window in new[] { ana, bea })
        {
            await window.SeesAsync(window.Message("Approved by Bea"));
            await window.SeesAsync(Post(window, "Approved by Bea"));
            await window.SeesNoAsync(window.Page.Locator("[data-action=approve], [data-verb=approve]"));
        }

        await ana.KeepAsync("32-twins-approved");
    }

    private static async Task AskInTeamsAsync(Window ana)
    {
        await ana.Page.Locator("#sidebar [data-conversation^=D]").ClickAsync();
        await ana.SeesAsync(ana.Page.Locator(".bubble").First);
        await ana.Page.Locator("#t-say").FillAsync("mine");
        await ana.Page.Locator("#t-say").PressAsync("Enter");
        await ana.SeesAsync(Post(ana, "My requests"));
        await ana.KeepAsync("33-teams-personal");
        await ana.FitsAsync();
    }

    private static async Task LookRoundAsync(DemoProcess demo, Chromium chromium)
    {
        var dark = await chromium.OpenAsync(new Uri(demo.Workspace, "#dan/access-requests"), ColorScheme.Dark, width: 1440, height: 900);
        await dark.SeesAsync(Post(dark, "Approved by Bea"));
        await dark.Page.Locator("#wire-toggle").ClickAsync();
        await dark.SeesAsync(dark.Page.Locator(".wire-row .of-teams").First);
        await dark.KeepAsync("34-twins-dark-with-wire");
        var narrow = await chromium.OpenAsync(new Uri(demo.Workspace, "#dan/access-requests"), width: 420, height: 800);
        await narrow.SeesAsync(narrow.Message("Approved by Bea"));
        await narrow.Page.Locator("[data-view=teams]").ClickAsync();
        await narrow.SeesAsync(Post(narrow, "Approved by Bea"));
        await narrow.FitsAsync();
        await narrow.KeepAsync("35-teams-narrow");
        Assert.Empty(dark.Complaints);
        Assert.Empty(narrow.Complaints);
    }
}
