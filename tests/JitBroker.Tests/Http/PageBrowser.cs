using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using JitBroker.People.SignIn;
using JitBroker.Tests.SignIn;

namespace JitBroker.Tests.Http;

/// <summary>A page as it arrived.</summary>
internal sealed record SeenPage(int Status, string Body, HttpResponseMessage Response)
{
    public IDocument Document { get; } = new HtmlParser().ParseDocument(Body);

    /// <summary>What a person reads.</summary>
    public string Text => string.Join(' ', (Document.QuerySelector("body > header")?.TextContent + " " + Document.QuerySelector("main")?.TextContent).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));

    public string? Header(string name) => Response.Headers.TryGetValues(name, out var values) || Response.Content.Headers.TryGetValues(name, out values) ? string.Join(',', values) : null;

    public IElement Form(string ends) => Document.QuerySelectorAll("form").Single(f => f.GetAttribute("action")!.EndsWith(ends, StringComparison.Ordinal));

    public bool HasReveal => Document.QuerySelectorAll("form button").Any(b => b.TextContent == "Reveal credential" && !b.HasAttribute("disabled"));

    public string Field(string name) => Document.QuerySelector($"#field-{name}")!.TextContent;

    public SeenPage Is(int status)
    {
        Assert.True(Status == status, $"expected {status}, got {Status}: {Text}");
        return this;
    }
}

/// <summary>A browser without scripts: keeps cookies, posts forms as they stand in the page, follows a 303.</summary>
internal sealed class PageBrowser(BrokerFixture broker, string userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
{
    public Dictionary<string, string> Cookies { get; } = new(StringComparer.Ordinal);

    /// <summary>Every Set-Cookie line that came.</summary>
    public List<string> CookieLines { get; } = [];

    /// <summary>The address of the page it is at.</summary>
    public Uri At { get; private set; } = broker.Address;

    public Task<SeenPage> OpenAsync(string path) => GoAsync(HttpMethod.Get, new Uri(broker.Address, path), null, null);

    public Task<SeenPage> HeadAsync(string path) => GoAsync(HttpMethod.Head, new Uri(broker.Address, path), null, null);

    /// <summary>Presses the form whose action ends so.</summary>
    public Task<SeenPage> PressAsync(SeenPage page, string ends, params (string Name, string? Value)[] headers)
    {
        var form = page.Form(ends);
        return PostAsync(new Uri(At, form.GetAttribute("action")!), FieldsOf(form), headers);
    }

    public Task<SeenPage> PostAsync(Uri address, IEnumerable<KeyValuePair<string, string>> fields, params (string Name, string? Value)[] headers) =>
        GoAsync(HttpMethod.Post, address, new FormUrlEncodedContent(fields), headers.Length > 0 ? headers : [("Sec-Fetch-Site", "same-origin"), ("Origin", "null")]);

    public static List<KeyValuePair<string, string>> FieldsOf(IElement form) =>
        [.. form.QuerySelectorAll("input").Select(i => KeyValuePair.Create(i.GetAttribute("name")!, i.GetAttribute("value") ?? ""))];

    /// <summary>Signs in from the door of a grant's page, to the page behind it.</summary>
    public async Task<SeenPage> SignInAsync(string who, string grant)
    {
        var code = await PressAsync(await OpenAsync("/c/" + grant), "/sign-in");
        await ConfirmAsync(broker, who, CodeOn(code));
        return await PressAsync(code, "/sign-in/poll");
    }

    public static string CodeOn(SeenPage page) => page.Document.QuerySelector("#command")!.TextContent.Trim()[^9..];

    public static async Task<SignInPrompt> ConfirmAsync(BrokerFixture broker, string who, string code, bool confirm = true)
    {
        var prompt = (await broker.Get<ShowSignIn>().HandleAsync(SigningIn.InChat(who), code, CancellationToken.None)).Value!;
        Assert.NotNull((await broker.Get<AnswerSignIn>().HandleAsync(SigningIn.InChat(who), prompt.ConfirmId, confirm, CancellationToken.None)).Value);
        return prompt;
    }

    private async Task<SeenPage> GoAsync(HttpMethod method, Uri address, HttpContent? content, (string Name, string? Value)[]? headers)
    {
        using var message = new HttpRequestMessage(method, address) { Content = content };
        message.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        if (Cookies.Count > 0)
            message.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", Cookies.Select(c => $"{c.Key}={c.Value}")));
        foreach (var (name, value) in headers ?? [])
            message.Headers.TryAddWithoutValidation(name, value);
        var response = await broker.Http.SendAsync(message);
        Keep(response);
        if (response.StatusCode == System.Net.HttpStatusCode.SeeOther)
            return await GoAsync(HttpMethod.Get, new Uri(address, response.Headers.Location!), null, null);
        At = address;
        return new SeenPage((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    private void Keep(HttpResponseMessage response)
    {
        foreach (var line in response.Headers.TryGetValues("Set-Cookie", out var lines) ? lines : [])
        {
            CookieLines.Add(line);
            var (name, value) = (line[..line.IndexOf('=', StringComparison.Ordinal)], line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..line.IndexOf(';', StringComparison.Ordinal)]);
            if (line.Contains("max-age=0", StringComparison.OrdinalIgnoreCase))
                Cookies.Remove(name);
            else
                Cookies[name] = value;
        }
    }
}
