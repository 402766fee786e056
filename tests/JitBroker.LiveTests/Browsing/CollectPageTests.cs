using JitBroker.LiveTests.Fixtures;
using Microsoft.Playwright;

namespace JitBroker.LiveTests.Browsing;

/// <summary>The Collect page in a real browser, from the button in chat to the end of the access; a picture of each state is kept.</summary>
public sealed class CollectPageTests
{
    private const string Logs = "payments-logs:read";

    [Fact]
    public async Task A_press_of_Collect_leads_to_a_credential_that_is_shown_once_and_works_until_the_end()
    {
        await using var demo = await DemoProcess.StartAsync();
        await using var chromium = await Chromium.StartAsync();
        var ana = await chromium.OpenAsync(new Uri(demo.Workspace, "#ana/access-requests"));
        var bea = await chromium.OpenAsync(new Uri(demo.Workspace, "#bea/access-requests"));
        await ana.SayAsync($"/access request {Logs} 30m INC-42 checkout is slow");
        await bea.Page.Locator("[data-action=approve]").ClickAsync();
        await ana.SeesAsync(ana.Message("Approved by Bea"));

        var page = await PressCollectAsync(ana);
        await SignInAsync(page, ana);
        var token = await RevealAsync(page);
        await UseAsync(chromium, demo, token, "Read by ana@example.com");
        await IsGoneAsync(page, token);
        await SeeItEndAsync(page, ana);
        await UseAsync(chromium, demo, token, "Refused");
        await OthersSeeNothingAsync(chromium, page, bea);

        Assert.Empty(page.Complaints);
        Assert.Empty(ana.Complaints);
        Assert.Equal(0, await demo.InterruptAsync());
    }

    /// <summary>The button opens the page in a tab of its own, and its press is answered in chat too.</summary>
    private static async Task<Window> PressCollectAsync(Window ana)
    {
        await ana.Page.Locator("#sidebar [data-conversation^=D]").ClickAsync();
        var collect = ana.Page.Locator("[data-action=collect]").Last;
        await ana.SeesAsync(collect);
        var tab = await ana.Page.Context.RunAndWaitForPageAsync(() => collect.ClickAsync());
        var page = new Window(tab);
        await tab.WaitForLoadStateAsync();
        await ana.SeesAsync(ana.Message("A credential never stands in chat"));
        await ana.KeepAsync("collect-00-in-chat");
        Assert.Matches("/c/[0-9A-Z]{26}$", tab.Url);
        Assert.Equal("", await tab.EvaluateAsync<string>("document.referrer"));
        await page.SeesAsync(tab.GetByText("Sign in to collect"));
        Assert.Equal(0, await tab.GetByText("Payments logs").CountAsync());
        await page.KeepAllAsync("collect-01-signed-out");
        return page;
    }

    private static async Task SignInAsync(Window page, Window ana)
    {
        await page.Page.GetByText("Show me a code").ClickAsync();
        var command = page.Page.Locator("#command");
        await page.SeesAsync(command);
        await page.SeesAsync(page.Page.GetByText("Waiting for your yes"));
        await page.KeepAllAsync("collect-02-code");
        await ana.SayAsync((await command.TextContentAsync())!.Trim());
        var confirm = ana.Page.Locator("[data-action=login_confirm]");
        await ana.SeesAsync(confirm);
        await ana.SeesAsync(ana.Message("Sign in the browser at"));
        await ana.KeepAsync("collect-03-question");
        await confirm.ClickAsync();
        // It goes on by itself.
        await page.SeesAsync(page.Page.GetByText("Reveal credential"));
        await page.SeesAsync(page.Page.GetByText("ana@example.com"));
        await page.SeesAsync(page.Page.GetByText(" left"));
        await page.KeepAllAsync("collect-04-ready");
    }

    private static async Task<string> RevealAsync(Window page)
    {
        await page.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Page.GetByText("Reveal credential").ClickAsync();
        var field = page.Page.Locator("#field-token");
        await page.SeesAsync(field);
        var token = (await field.TextContentAsync())!.Trim();
        Assert.Equal(3, token.Split('.').Length);
        await page.KeepAllAsync("collect-05-revealed");
        await page.Page.Locator("[data-copy=field-token]").ClickAsync();
        await page.SeesAsync(page.Page.GetByText("Copied"));
        return token;
    }

    /// <summary>Neither a reload nor the way back shows it again, and neither makes another.</summary>
    private static async Task IsGoneAsync(Window page, string token)
    {
        await page.Page.ReloadAsync();
        await page.SeesAsync(page.Page.GetByText("1 of "));
        await page.KeepAllAsync("collect-06-reloaded");
        Assert.DoesNotContain(token, await page.Page.ContentAsync(), StringComparison.Ordinal);
        await page.Page.GoBackAsync();
        await page.Page.GoForwardAsync();
        Assert.DoesNotContain(token, await page.Page.ContentAsync(), StringComparison.Ordinal);
        await page.SeesAsync(page.Page.GetByText("1 of "));
    }

    private static async Task SeeItEndAsync(Window page, Window ana)
    {
        await ana.SayAsync("/access done");
        await Eventually.TrueAsync(async () =>
        {
            await page.Page.ReloadAsync();
            return await page.Page.GetByText("given back by Ana").CountAsync() > 0;
        });
        Assert.Equal(0, await page.Page.GetByText("Reveal credential").CountAsync());
        await page.KeepAllAsync("collect-07-ended");
    }

    private static async Task UseAsync(Chromium chromium, DemoProcess demo, string token, string answer)
    {
        var service = await chromium.OpenAsync(demo.Service, width: 900, height: 640);
        await service.Page.Locator("#token").FillAsync(token);
        await Eventually.TrueAsync(async () =>
        {
            await service.Page.Locator("#read").ClickAsync();
            await Assertions.Expect(service.Page.Locator("#answer")).Not.ToBeEmptyAsync();
            return (await service.Page.Locator("#answer").TextContentAsync())!.Contains(answer, StringComparison.Ordinal);
        });
    }

    /// <summary>Bea signs in at Ana's page, in a browser of her own.</summary>
    private static async Task OthersSeeNothingAsync(Chromium chromium, Window page, Window bea)
    {
        var hers = await chromium.OpenAsync(new Uri(page.Page.Url));
        await hers.Page.GetByText("Show me a code").ClickAsync();
        await bea.SayAsync((await hers.Page.Locator("#command").TextContentAsync())!.Trim());
        await bea.Page.Locator("[data-action=login_confirm]").ClickAsync();
        await hers.SeesAsync(hers.Page.GetByText("There is no access to collect for Bea Lindqvist"));
        await hers.KeepAllAsync("collect-08-not-the-holder");
        await hers.Page.GetByText("Sign out").ClickAsync();
        await hers.SeesAsync(hers.Page.GetByText("Sign in to collect"));
    }
}
