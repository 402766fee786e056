using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Requests;
using JitBroker.Server.Http;
using JitBroker.Server.Http.Views;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Pages;

/// <summary>Every page that the Collect page can be.</summary>
internal sealed class CollectViews(Forms forms, BrowserCookies cookies, CatalogHolder catalogs, Revocabilities revocabilities, TimeProvider clock)
{
    /// <summary>Not signed in, and nothing started.</summary>
    /// <param name="because">What happened before, or null.</param>
    public PageResult Door(HttpContext context, string id, string? because, Refusal? refused = null) => new(
        refused is null ? StatusCodes.Status200OK : Problems.StatusOf(refused),
        Page(context, "Sign in", Html.Empty, SignInViews.Door(Form(context, id, "/sign-in", BrowserSignIn.Start, null), refused?.Text ?? because)),
        refused?.RetryAfter);

    /// <summary>A sign-in was started here: the code to be typed in chat.</summary>
    public PageResult Code(HttpContext context, string id, StartedHere started, string? because) => new(
        StatusCodes.Status200OK, Page(context, "Sign in", Html.Empty, SignInViews.Code(Form(context, id, "/sign-in/poll", BrowserSignIn.Poll, null), started, because)));

    /// <summary>A grant as its holder sees it.</summary>
    /// <param name="refused">Why the press came to nothing, or null.</param>
    public PageResult Standing(HttpContext context, Visitor.SignedIn visitor, GrantDetails details, Refusal? refused = null)
    {
        var directory = catalogs.Directory;
        var now = clock.GetUtcNow();
        var objection = Collecting.Objection(directory, details.Grant, visitor.Actor, details.Grant.Id, now);
        var limit = directory.Catalog.Entitlements.GetValueOrDefault(details.Grant.Entitlement)?.LeaseLimit ?? 0;
        var view = new StandingView(details, TitleOf(details.Grant.Entitlement), revocabilities.TextOf(details.Content), limit, directory, now);
        var main = view.Of(Form(context, details.Grant.Id, "", CollectPage.Reveal, visitor.Token), objection, refused);
        return new PageResult(refused is null ? StatusCodes.Status200OK : Problems.StatusOf(refused), Page(context, view.Title, Who(context, visitor), main), refused?.RetryAfter);
    }

    /// <summary>The one page that holds a secret.</summary>
    public Html Revealed(HttpContext context, Visitor.SignedIn visitor, GrantDetails details, CredentialEnvelope envelope) =>
        Page(context, "Your credential", Who(context, visitor), RevealedView.Of(envelope, TitleOf(details.Grant.Entitlement), details.Grant, Home(context, details.Grant.Id), clock.GetUtcNow()));

    /// <summary>The same for a grant that is not there and for one that is somebody else's.</summary>
    public PageResult NotFound(HttpContext context, Visitor visitor, string id)
    {
        var who = visitor is Visitor.SignedIn signedIn ? Html.Of($" for {signedIn.Actor.Person.Name}") : Html.Empty;
        var main = Message("Nothing here", Html.Of($"""
            <p class="lead">There is no access to collect{who} at this address.</p>
            <p>Only its holder can open it. Look whether you followed the link to the end and are signed in as yourself; <code>/access mine</code> in chat shows what you hold.</p>
            """));
        return new PageResult(StatusCodes.Status404NotFound, Page(context, "Nothing here", Who(context, visitor), main));
    }

    /// <summary>Signed in, but in the catalog no more.</summary>
    public PageResult Gone(HttpContext context, Visitor visitor, string id) => new(
        StatusCodes.Status403Forbidden,
        Page(context, "Not in the catalog", Who(context, visitor), Message("You are not in the catalog any more", Html.Of($"<p class=\"lead\">Nothing can be collected. Ask the platform team.</p>"))));

    /// <summary>Anything else that went wrong, told by the same words as to the API.</summary>
    public Html Problem(HttpContext context, Problem problem)
    {
        var back = context.GetRouteValue("id") is string id && Ids.IsId(id) ? Html.Of($"<p><a class=\"button\" href=\"{Home(context, id)}\">Back to the page</a></p>") : Html.Empty;
        return Page(context, problem.Title ?? "Not done", Html.Empty, Message("That did not work", Html.Of($"<p class=\"lead\">{problem.Detail}</p>{back}")));
    }

    private static Html Message(string heading, Html body) => Html.Of($"<section class=\"card\"><h1>{heading}</h1>{body}</section>");

    private Html Page(HttpContext context, string title, Html who, Html main) => PageShell.Of(title, who, main, clock.GetUtcNow());

    private Html Who(HttpContext context, Visitor visitor)
    {
        if (visitor is Visitor.Nobody || context.GetRouteValue("id") is not string id)
            return Html.Empty;
        var (name, email) = visitor is Visitor.SignedIn signedIn ? (signedIn.Actor.Person.Name, signedIn.Actor.Email) : ("", ((Visitor.Gone)visitor).Session.Person);
        var form = Form(context, id, "/sign-out", BrowserSignIn.SignOut, cookies.Session(context));
        return Html.Of($"""<div class="who"><p>Signed in as <b>{name}</b> <span>{email}</span></p>{form.Open}<button class="quiet">Sign out</button></form></div>""");
    }

    private FormParts Form(HttpContext context, string id, string path, string purpose, string? session) =>
        new(Home(context, id), Home(context, id) + path, forms.New(context, purpose, id, session));

    /// <summary>Relative, since a proxy may serve us under a prefix of its own: up to <c>/c/</c>, then the id.</summary>
    private static string Home(HttpContext context, string id) =>
        string.Concat(Enumerable.Repeat("../", Math.Max(0, context.Request.Path.Value!.Count(c => c == '/') - 2))) + id;

    private string TitleOf(string entitlement) => catalogs.Current.Entitlements.GetValueOrDefault(entitlement)?.Title ?? entitlement;
}

/// <summary>A form of a page: where it goes and its token.</summary>
/// <param name="Home">The page itself.</param>
internal sealed record FormParts(string Home, string Action, string Token)
{
    /// <summary>The opening tag and the token. The page closes it.</summary>
    public Html Open => Html.Of($"""<form method="post" action="{Action}" autocomplete="off" data-home="{Home}"><input type="hidden" name="{Forms.Field}" value="{Token}">""");
}
