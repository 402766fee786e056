using System.Text.Json;
using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Requests;
using JitBroker.Server.Http;
using Codes = JitBroker.Policy.Codes;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Pages;

/// <summary>Looking at a grant and revealing a credential of it, in a browser. Collecting is <see cref="MintLease"/>, as for the API.</summary>
internal static class CollectPage
{
    public const string Reveal = "reveal";

    public static async Task<IResult> ShowAsync(HttpContext context, string id, Visitors visitors, SignInDoor door, CollectViews views, RequestReader reader, Throttles throttles)
    {
        if (!Ids.IsId(id))
            return views.NotFound(context, await visitors.OfAsync(context), id);
        switch (await visitors.OfAsync(context))
        {
            case Visitor.Nobody nobody:
                return door.Show(context, id, nobody);
            case Visitor.SignedIn visitor:
                Slow(throttles, visitor);
                return await HeldAsync(reader, visitor, id, context.RequestAborted) is { } grant ? views.Standing(context, visitor, grant) : views.NotFound(context, visitor, id);
            case var gone:
                return views.Gone(context, gone, id);
        }
    }

    public static async Task<IResult> RevealAsync(
        HttpContext context, string id, Visitors visitors, CollectViews views, RequestReader reader, Forms forms, RevealOnce once, MintLease mint, Throttles throttles)
    {
        if (await visitors.OfAsync(context) is not Visitor.SignedIn visitor)
            return new SeeOther(id);
        Slow(throttles, visitor);
        var form = await FormBody.ReadAsync(context);
        if (!Ids.IsId(id) || await HeldAsync(reader, visitor, id, context.RequestAborted) is not { } grant)
            return views.NotFound(context, visitor, id);
        if (forms.Read(context, form[Forms.Field], Reveal, id, visitor.Token) is not { } posted)
            throw new ProblemException(StaleForm());
        if (!await once.TakeAsync(visitor.Actor.Email, id, posted, context.RequestAborted))
            return new SeeOther(id);
        var outcome = await mint.HandleAsync(visitor.Actor, id, context.RequestAborted);
        if (outcome.Value is { } collected)
            return new PageResult(StatusCodes.Status200OK, views.Revealed(context, visitor, grant, Envelope(collected)));
        return outcome.Refusal!.Code switch
        {
            Codes.NotFound or Codes.NotTheHolder => views.NotFound(context, visitor, id),
            Codes.Unauthenticated => new SeeOther(id),
            // Read anew: the refusal may be that it has just ended.
            _ => await HeldAsync(reader, visitor, id, context.RequestAborted) is { } now ? views.Standing(context, visitor, now, outcome.Refusal) : views.NotFound(context, visitor, id),
        };
    }

    /// <summary>403 for a post that did not come from a page of ours, or from one whose cookies are gone.</summary>
    public static Problem StaleForm() => Problems.Of(
        StatusCodes.Status403Forbidden, Codes.Forbidden, "That press did not come from this page as it stands, so nothing was done. Open the link again and press once more; your browser must keep cookies.");

    /// <summary>The grant, for its holder alone: for everybody else there is none (rule 14).</summary>
    private static async Task<GrantDetails?> HeldAsync(RequestReader reader, Visitor.SignedIn visitor, string id, CancellationToken cancellationToken) =>
        await reader.FindGrantAsync(id, visitor.Actor.Email, cancellationToken) is { } found && found.Grant.Holder == visitor.Actor.Email ? found : null;

    private static void Slow(Throttles throttles, Visitor.SignedIn visitor)
    {
        if (throttles.People.Take(visitor.Actor.Email) is { } wait)
            throw new ProblemException(Problems.Of(StatusCodes.Status429TooManyRequests, Codes.RateLimited, "You load this page faster than a person needs to. Wait a moment."), wait);
    }

    private static CredentialEnvelope Envelope(Collected collected) => new()
    {
        Lease = collected.Lease.Id,
        Grant = collected.Grant.Id,
        Kind = collected.Credential.Kind,
        ExpiresAt = collected.Lease.ExpiresAt,
        Credential = JsonSerializer.SerializeToElement(collected.Credential.Reveal()),
    };
}
