using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Server.Http;
using Codes = JitBroker.Policy.Codes;

namespace JitBroker.Server.Pages;

/// <summary>
/// A browser signs in by chat, as a terminal does (contract §6): a press of its own starts it, the code is typed in chat, and the browser polls with a secret that only its
/// cookie holds. The session it gets may ask, collect and end, like any other, and is announced, listed and ended like any other.
/// </summary>
internal static class BrowserSignIn
{
    public const string Start = "sign-in";
    public const string Poll = "poll";
    public const string SignOut = "sign-out";

    public static async Task<IResult> StartAsync(HttpContext context, string id, Visitors visitors, CollectViews views, BrowserCookies cookies, Forms forms, StartSignIn start, Throttles throttles, TimeProvider clock)
    {
        if (throttles.SignIns.Take(context.ClientNetwork()) is { } wait)
            throw TooFast(wait);
        var form = await FormBody.ReadAsync(context);
        if (!Ids.IsId(id) || forms.Read(context, form[Forms.Field], Start, id, null) is null)
            throw new ProblemException(CollectPage.StaleForm());
        if (await visitors.OfAsync(context) is Visitor.SignedIn)
            return new SeeOther("../" + id);
        var host = UserAgents.Say(context.Request.Headers.UserAgent.ToString());
        var outcome = await start.HandleAsync(SessionScope.Ask, Surface.Web, context.ClientAddress(), host, context.RequestAborted);
        if (outcome.Value is not { } started)
            return views.Door(context, id, null, outcome.Refusal);
        cookies.KeepSignIn(context, new StartedHere(started.DeviceCode, started.UserCode, clock.GetUtcNow() + started.ExpiresIn), started.ExpiresIn);
        return new SeeOther("../" + id);
    }

    /// <summary>A script's poll gets a word and when to ask again; a press of the button is sent back to the page, or told why not yet.</summary>
    public static async Task<IResult> PollAsync(HttpContext context, string id, CollectViews views, BrowserCookies cookies, Forms forms, RedeemSignIn redeem, Throttles throttles)
    {
        if (throttles.Polls.Take(context.ClientNetwork()) is { } wait)
            throw TooFast(wait);
        var form = await FormBody.ReadAsync(context);
        if (!Ids.IsId(id) || forms.Read(context, form[Forms.Field], Poll, id, null) is null)
            throw new ProblemException(CollectPage.StaleForm());
        if (cookies.SignIn(context) is not { } started)
            return Moved(context, id);
        switch (await redeem.HandleAsync(started.DeviceCode, Surface.Web, context.RequestAborted))
        {
            case SignInPolled.Pending:
                return IsScript(context) ? Wait(StartSignIn.Interval) : new SeeOther(Home(id, "waiting"));
            case SignInPolled.SlowDown slower:
                return IsScript(context) ? Wait(slower.Interval) : new SeeOther(Home(id, "waiting"));
            case SignInPolled.SignedIn signedIn:
                cookies.KeepSession(context, signedIn.Token, signedIn.Session.EndsAt - signedIn.Session.StartedAt);
                return Moved(context, id);
            case var over:
                cookies.ForgetSignIn(context);
                return Moved(context, id, over switch { SignInPolled.Denied => "refused", SignInPolled.Expired => "expired", _ => "used" });
        }
    }

    public static async Task<IResult> SignOutAsync(HttpContext context, string id, Visitors visitors, BrowserCookies cookies, Forms forms, EndSession end)
    {
        var form = await FormBody.ReadAsync(context);
        var visitor = await visitors.OfAsync(context);
        if (forms.Read(context, form[Forms.Field], SignOut, id, cookies.Session(context)) is null)
            throw new ProblemException(CollectPage.StaleForm());
        if (visitor is Visitor.SignedIn signedIn)
            await end.HandleAsync(signedIn.Actor, signedIn.Session.Id, notMe: false, together: null, context.RequestAborted);
        cookies.ForgetSession(context);
        return new SeeOther("../" + id);
    }

    private static bool IsScript(HttpContext context) => context.Request.Headers.Accept == "application/json";

    private static Answer Wait(TimeSpan interval) => new(StatusCodes.Status200OK, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{{\"wait\":{interval.TotalSeconds:0}}}"));

    private static IResult Moved(HttpContext context, string id, string? because = null) => IsScript(context)
        ? new Answer(StatusCodes.Status200OK, because is null ? """{"because":""}""" : $$"""{"because":"{{because}}"}""")
        : new SeeOther(Home(id, because));

    private static string Home(string id, string? because) => $"../../{id}" + (because is null ? "" : "?because=" + because);

    public static ProblemException TooFast(TimeSpan wait) =>
        new(Problems.Of(StatusCodes.Status429TooManyRequests, Codes.RateLimited, "Too many calls came from your address. Wait a moment, then load the page again."), wait);
}

/// <summary>What somebody sees who is not signed in: the same for every id.</summary>
internal sealed class SignInDoor(BrowserCookies cookies, CollectViews views, Throttles throttles, TimeProvider clock)
{
    public PageResult Show(HttpContext context, string id, Visitor.Nobody nobody)
    {
        if (throttles.Polls.Take(context.ClientNetwork()) is { } wait)
            throw BrowserSignIn.TooFast(wait);
        var because = Because(context.Request.Query["because"].ToString()) ?? (nobody.HadSession ? "Your session in this browser has ended." : null);
        return cookies.SignIn(context) is { } started && started.ExpiresAt > clock.GetUtcNow() ? views.Code(context, id, started, because) : views.Door(context, id, because);
    }

    /// <summary>A word of our own, in words of our own: what stands in an address is never shown.</summary>
    private static string? Because(string word) => word switch
    {
        "waiting" => "Nobody has confirmed the code yet.",
        "refused" => "The sign-in was refused in chat: nobody was signed in.",
        "expired" => "That code has expired: a code lives five minutes.",
        "used" => "That code is used up.",
        _ => null,
    };
}
