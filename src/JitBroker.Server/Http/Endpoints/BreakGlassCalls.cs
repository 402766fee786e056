using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Server.Http.Views;
using Codes = JitBroker.Policy.Codes;
using Durations = JitBroker.Catalog.Durations;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Taking an emergency access, reviewing it, and lifting what a review blocks.</summary>
internal static class BreakGlassCalls
{
    /// <summary>A submit with <c>breakGlass</c>.</summary>
    public static async Task<IResult> TakeAsync(
        HttpContext context, byte[] bytes, SubmitBody body, TakeBreakGlass take, RequestReader reader, Idempotent idempotent, Refusals refusals, CatalogHolder catalogs)
    {
        var (actor, cancellationToken) = (Caller.Of(context).Actor, context.RequestAborted);
        var isReadable = Durations.TryParse(body.Duration, out var duration, out var problem);
        var order = new EmergencyOrder(body.Entitlement ?? "", body.Duration is not null && isReadable ? duration : null, body.Incident, body.Reason ?? "", body.Escalates);
        var fault = body.Bundle is not null ? new Refusal(Codes.InvalidValue, "Emergency access is taken one entitlement at a time.", "bundle")
            : body.StartsAt is not null ? new Refusal(Codes.InvalidValue, "Emergency access starts now. Leave startsAt out.", "startsAt")
            : body.Duration is not null && !isReadable ? new Refusal(Codes.InvalidDuration, problem, "duration")
            : null;
        if (fault is not null && body.Bundle is null && take.Analyse(actor, order).Refusals.FirstOrDefault(r => Problems.StatusOf(r) == 403 || r.Code == Codes.UnknownEntitlement) is { } weightier)
            fault = weightier;
        if (body.DryRun == true)
        {
            var refusal = fault ?? take.Analyse(actor, order).Refusal ?? await take.BlockAsync(actor, cancellationToken);
            return Answer.Of(200, new DryRunResource(refusal is null, refusal?.Code, [], null));
        }

        if (fault is not null)
            return new RefusalResult(await refusals.RecordAsync(actor, "request.break_glass", null, order.Entitlement, fault, cancellationToken), catalogs.Directory);
        var outcome = await idempotent.RunAsync<Taken>(
            context,
            bytes,
            together => take.HandleAsync(actor, order, together, cancellationToken),
            async (session, taken, token) => Answer.Of(201, RequestView.Of((await reader.InAsync(session, taken.Request.Id, token))!), $"/v1/requests/{taken.Request.Id}"));
        return outcome.ToResult(catalogs);
    }

    public static async Task<IResult> ReviewAsync(
        HttpContext context, string id, ReviewGrant review, RequestReader reader, GrantView view, Idempotent idempotent, Refusals refusals, CatalogHolder catalogs)
    {
        if (await ScopeAsync(context, id, "grant.review", reader, refusals, catalogs) is { } objection)
            return objection;
        var bytes = await JsonBodies.ReadBytesAsync(context);
        var body = JsonBodies.Parse<ReviewBody>(context, bytes);
        var order = new ReviewOrder(id, WireWords.Of(body.Verdict), body.Comment, body.WholeIncident == true);
        var outcome = await idempotent.RunAsync<Reviewed>(
            context, bytes, together => review.HandleAsync(Caller.Of(context).Actor, order, together, context.RequestAborted), (session, done, token) => GrantAsync(session, done, reader, view, catalogs, token));
        return outcome.ToResult(catalogs);
    }

    public static async Task<IResult> LiftAsync(
        HttpContext context, string id, LiftReview lift, RequestReader reader, GrantView view, Idempotent idempotent, Refusals refusals, CatalogHolder catalogs)
    {
        if (await ScopeAsync(context, id, "grant.lift", reader, refusals, catalogs) is { } objection)
            return objection;
        var bytes = await JsonBodies.ReadBytesAsync(context);
        var body = JsonBodies.Parse<LiftBody>(context, bytes);
        var outcome = await idempotent.RunAsync<Reviewed>(
            context, bytes, together => lift.HandleAsync(Caller.Of(context).Actor, id, body.Reason, together, context.RequestAborted), (session, done, token) => GrantAsync(session, done, reader, view, catalogs, token));
        return outcome.ToResult(catalogs);
    }

    /// <summary>404 before 403: an id that one may not read reads as none.</summary>
    private static async Task<IResult?> ScopeAsync(HttpContext context, string id, string attempt, RequestReader reader, Refusals refusals, CatalogHolder catalogs)
    {
        var caller = Caller.Of(context);
        if (await reader.FindGrantAsync(id, caller.Email, context.RequestAborted) is null)
            return new RefusalResult(new Refusal(Codes.NotFound, "There is no such grant."), catalogs.Directory);
        return caller.ScopeObjection() is { } objection
            ? new RefusalResult(await refusals.RecordAsync(caller.Actor, attempt, null, id, objection, context.RequestAborted), catalogs.Directory)
            : null;
    }

    private static async Task<Answer> GrantAsync(Storage.Session session, Reviewed done, RequestReader reader, GrantView view, CatalogHolder catalogs, CancellationToken cancellationToken) =>
        Answer.Of(200, view.Of((await reader.GrantInAsync(session, done.Grant.Id, cancellationToken))!, catalogs.Directory));
}
