using JitBroker.People;
using JitBroker.People.SignIn;

namespace JitBroker.Server.Pages;

/// <summary>Who looks at a page.</summary>
internal abstract record Visitor
{
    private Visitor()
    {
    }

    /// <summary>Nobody that we know. <paramref name="HadSession"/>: the browser came with a session that has ended.</summary>
    public sealed record Nobody(bool HadSession) : Visitor;

    /// <summary>Signed in, but not in the catalog any more.</summary>
    public sealed record Gone(PersonSession Session) : Visitor;

    public sealed record SignedIn(Actor Actor, PersonSession Session, string Token) : Visitor
    {
        public override string ToString() => $"SignedIn {{ Session = {Session.Id} }}";
    }
}

/// <summary>Finds a page's visitor by the session cookie. A bearer token does not count here, and a cookie does not count for the API.</summary>
internal sealed class Visitors(BrowserCookies cookies, Sessions sessions)
{
    public async Task<Visitor> OfAsync(HttpContext context)
    {
        if (cookies.Session(context) is not { } token)
            return new Visitor.Nobody(HadSession: false);
        return await sessions.FindAsync(token, context.RequestAborted) switch
        {
            SessionFound.Live live => new Visitor.SignedIn(live.ActorAt(Surface.Web), live.Session, token),
            SessionFound.Inactive inactive => new Visitor.Gone(inactive.Session),
            _ => new Visitor.Nobody(HadSession: true),
        };
    }
}
