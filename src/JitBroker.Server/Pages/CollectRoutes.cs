using JitBroker.Server.Http;
using JitBroker.Server.Http.Documents;

namespace JitBroker.Server.Pages;

/// <summary>The Collect page (contract §4). A GET changes nothing; each POST is a form of the page itself.</summary>
internal static class CollectRoutes
{
    public static IEndpointRouteBuilder MapCollectPage(this IEndpointRouteBuilder routes)
    {
        var page = routes.MapGroup("/c/{id}").WithTags("pages").WithMetadata(new ProblemPage());
        page.MapGet("", CollectPage.ShowAsync).Open().Answers(200).Says("collectPage", "The page where a holder collects a credential in the browser. Changes nothing.");
        page.MapMethods("", [HttpMethods.Head], CollectPage.ShowAsync).Open().Answers(200).Says("collectPageHead", "The headers of the Collect page.");
        page.MapPost("", CollectPage.RevealAsync).Open().TakesForm(Forms.Field).Answers(200).Says("collectPageReveal", "Mint a credential and show it this once. Needs the holder's browser session and the page's own form.");
        page.MapPost("/sign-in", BrowserSignIn.StartAsync).Open().TakesForm(Forms.Field).Answers(303).Says("collectPageSignIn", "Start a sign-in by chat of this browser.");
        page.MapPost("/sign-in/poll", BrowserSignIn.PollAsync).Open().TakesForm(Forms.Field).Answers(303).Says("collectPagePoll", "Ask whether the sign-in of this browser was confirmed.");
        page.MapPost("/sign-out", BrowserSignIn.SignOutAsync).Open().TakesForm(Forms.Field).Answers(303).Says("collectPageSignOut", "End this browser's session.");
        return routes;
    }

    public static IServiceCollection AddPages(this IServiceCollection services) =>
        services.AddSingleton<BrowserCookies>().AddSingleton<Forms>().AddSingleton<Visitors>().AddSingleton<RevealOnce>().AddSingleton<CollectViews>().AddSingleton<SignInDoor>();
}

/// <summary>Problems of these routes are told as a page: a person looks at them.</summary>
internal sealed class ProblemPage : IProblemView
{
    public Task WriteAsync(HttpContext context, Client.Problem problem, TimeSpan? retryAfter)
    {
        var views = context.RequestServices.GetRequiredService<CollectViews>();
        return new PageResult(problem.Status, views.Problem(context, problem), retryAfter).ExecuteAsync(context);
    }
}
