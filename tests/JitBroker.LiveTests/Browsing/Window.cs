using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace JitBroker.LiveTests.Browsing;

/// <summary>One window of the browser, at the workspace's page or at the guarded service's.</summary>
internal sealed class Window
{
    private readonly ConcurrentQueue<string> _complaints = new();

    public Window(IPage page)
    {
        Page = page;
        page.SetDefaultTimeout(60_000);
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Enqueue($"{message.Text} ({message.Location})");
        };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, refused by the page's policy included.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>The newest message that says this.</summary>
    public ILocator Message(string words) => Page.Locator(".message", new PageLocatorOptions { HasText = words }).Last;

    /// <summary>Types into the composer and sends it.</summary>
    public async Task SayAsync(string text)
    {
        await Page.Locator("#say").FillAsync(text);
        await Page.Locator("#say").PressAsync("Enter");
    }

    public Task SeesAsync(ILocator what) => Assertions.Expect(what).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 60_000 });

    public Task SeesNoAsync(ILocator what) => Assertions.Expect(what).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 60_000 });

    /// <summary>Nothing may stand beyond the window's right edge.</summary>
    public async Task FitsAsync() =>
        Assert.True(await Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), "The page is wider than its window.");

    /// <summary>Keeps a picture under artifacts/screenshots.</summary>
    public async Task KeepAsync(string name, bool isWhole = false)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "..", "..", "artifacts", "screenshots");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = isWhole, Animations = ScreenshotAnimations.Disabled });
    }

    /// <summary>Keeps the whole page in light and dark, wide and narrow; nothing may stand beyond its edge.</summary>
    public async Task KeepAllAsync(string name)
    {
        var size = Page.ViewportSize!;
        foreach (var (colours, width, what) in new[] { (ColorScheme.Light, 1100, ""), (ColorScheme.Dark, 1100, "-dark"), (ColorScheme.Light, 390, "-narrow"), (ColorScheme.Dark, 390, "-narrow-dark") })
        {
            await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = colours });
            await Page.SetViewportSizeAsync(width, size.Height);
            await FitsAsync();
            await KeepAsync(name + what, isWhole: true);
        }

        await Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await Page.SetViewportSizeAsync(size.Width, size.Height);
    }
}
