using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Server.Http.Views;
using Codes = JitBroker.Policy.Codes;
using Durations = JitBroker.Catalog.Durations;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Settling a request.</summary>
internal static class DecisionCalls
{
    public static async Task<IResult> DecideAsync(
        HttpContext context, string id, DecideRequest decide, RequestReader reader, Idempotent idempotent, Refusals refusals, CatalogHolder catalogs)
    {
        var (caller, cancellationToken) = (Caller.Of(context), context.RequestAborted);
        if (await reader.FindAsync(id, cancellationToken) is not { } details)
            return new RefusalResult(RequestCalls.NotFound(), catalogs.Directory);
        if (caller.ScopeObjection() is { } objection)
            return new RefusalResult(await refusals.RecordAsync(caller.Actor, "request.decide", id, null, objection, cancellationToken), catalogs.Directory);
        var bytes = await JsonBodies.ReadBytesAsync(context);
        var body = JsonBodies.Parse<DecideBody>(context, bytes);
        var isReadable = Durations.TryParse(body.Duration, out var duration, out var problem);
        if (body.Duration is not null && !isReadable)
        {
            // 403 comes before 422.
            var refusal = details.Bench.Objection(caller.Email, !details.Request.IsPending) ?? new Refusal(Codes.InvalidDuration, problem, "duration");
            return new RefusalResult(await refusals.RecordAsync(caller.Actor, "request.decide", id, null, refusal, cancellationToken), catalogs.Directory);
        }

        var order = new DecideOrder(id, body.Verdict == Verdict.Approve, body.Comment, body.Duration is null ? null : duration);
        var outcome = await idempotent.RunAsync<Decided>(
            context,
            bytes,
            together => decide.HandleAsync(caller.Actor, order, together, cancellationToken),
            async (session, decided, token) => Answer.Of(200, RequestView.Of((await reader.InAsync(session, decided.Request.Id, token))!)));
        return outcome.ToResult(catalogs);
    }

    public static async Task<IResult> CancelAsync(HttpContext context, string id, CancelRequest cancel, RequestReader reader, Idempotent idempotent, CatalogHolder catalogs)
    {
        if (!Ids.IsId(id))
            return new RefusalResult(RequestCalls.NotFound(), catalogs.Directory);
        var bytes = await JsonBodies.ReadBytesAsync(context);
        JsonBodies.ParseNothing(context, bytes);
        var actor = Caller.Of(context).Actor;
        var outcome = await idempotent.RunAsync<Request>(
            context,
            bytes,
            together => cancel.HandleAsync(actor, id, together, context.RequestAborted),
            async (session, cancelled, token) => Answer.Of(200, RequestView.Of((await reader.InAsync(session, cancelled.Id, token))!)));
        return outcome.ToResult(catalogs);
    }

    public static IResult ToResult(this Outcome<Answer> outcome, CatalogHolder catalogs) =>
        (IResult?)outcome.Value ?? new RefusalResult(outcome.Refusal!, catalogs.Directory);
}
