using Microsoft.Playwright;

namespace JitBroker.LiveTests.Browsing;

/// <summary>A real browser: Debian's chromium. Where there is none, its tests are skipped visibly on a laptop and fail in CI.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private const string Executable = "/usr/bin/chromium";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<Chromium> StartAsync()
    {
        var isThere = File.Exists(Executable);
        if (!isThere && Environment.GetEnvironmentVariable("CI") is "true")
            Assert.Fail("Chromium is not installed, and in CI a missing browser is a failure: apt-get install chromium.");
        Assert.SkipUnless(isThere, "Chromium is not installed: apt-get install chromium.");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        return new Chromium(playwright, browser);
    }

    /// <summary>A window; what its console complains of is kept.</summary>
    public async Task<Window> OpenAsync(Uri address, ColorScheme colours = ColorScheme.Light, int width = 1280, int height = 800)
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ColorScheme = colours,
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ReducedMotion = ReducedMotion.Reduce,
        });
        var page = await context.NewPageAsync();
        var window = new Window(page);
        await page.GotoAsync(address.AbsoluteUri);
        return window;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
