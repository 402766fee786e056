using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Server.Http.Views;
using Codes = JitBroker.Policy.Codes;
using Durations = JitBroker.Catalog.Durations;
using Refusal = JitBroker.Policy.Refusal;
using RequestQuery = JitBroker.Requests.RequestQuery;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Asking, and reading what was asked.</summary>
internal static class RequestCalls
{
    public static async Task<IResult> SubmitAsync(
        HttpContext context, SubmitRequest submit, TakeBreakGlass take, RequestReader reader, Idempotent idempotent, Refusals refusals, CatalogHolder catalogs)
    {
        var bytes = await JsonBodies.ReadBytesAsync(context);
        var body = JsonBodies.Parse<SubmitBody>(context, bytes);
        var (actor, directory, cancellationToken) = (Caller.Of(context).Actor, catalogs.Directory, context.RequestAborted);
        if (body.Entitlement is null == body.Bundle is null)
            throw new ProblemException(Problems.Invalid("Name either an entitlement or a bundle.", "entitlement"));
        if (body.BreakGlass == true)
            return await BreakGlassCalls.TakeAsync(context, bytes, body, take, reader, idempotent, refusals, catalogs);
        var (order, fault) = OrderOf(body, submit, actor);
        if (body.DryRun == true)
            return Answer.Of(200, DryRun(submit.Analyse(actor, order), fault));
        if (fault is not null)
            return new RefusalResult(await refusals.RecordAsync(actor, "request.submit", null, NameIn(body), fault, cancellationToken), directory);
        var outcome = await idempotent.RunAsync<Submitted>(
            context,
            bytes,
            together => submit.HandleAsync(actor, order, together, cancellationToken),
            async (session, submitted, token) =>
            {
                var items = new List<RequestResource>();
                foreach (var request in submitted.Requests)
                    items.Add(RequestView.Of((await reader.InAsync(session, request.Id, token))!));
                return order.IsBundle ? Answer.Of(201, new BundleResource(items)) : Answer.Of(201, items[0], $"/v1/requests/{items[0].Id}");
            });
        return outcome.ToResult(catalogs);
    }

    public static async Task<IResult> ListAsync(HttpContext context, RequestReader reader)
    {
        var query = new QueryReader(context, "state", "mine", "awaiting");
        var state = query.Word("state", RequestLifecycle.Parse, string.Join(", ", WireWords.All<Client.RequestState>()));
        var (mine, awaiting) = (query.Flag("mine"), query.Text("awaiting"));
        if (awaiting is not (null or "me"))
            query.Fault("awaiting", "This is me.");
        if (awaiting is not null && state is not (null or Requests.RequestState.Pending))
            query.Fault("state", "What awaits you is pending.");
        var viewer = Caller.Of(context).Email;
        var list = $"requests|{viewer}|{state}|{mine}|{awaiting}";
        var (before, limit) = (query.Cursor(list, Ids.IsId), query.Limit());
        query.Close();
        var page = await reader.ListAsync(viewer, new RequestQuery(state, mine, awaiting is not null, before, limit), context.RequestAborted);
        return Answer.Of(200, new Client.Page<RequestResource>([.. page.Items.Select(RequestView.Of)], page.Next is { } next ? Cursors.Of(list, next) : null));
    }

    public static async Task<IResult> GetAsync(HttpContext context, string id, RequestReader reader, CatalogHolder catalogs) =>
        await reader.FindAsync(id, Caller.Of(context).Email, context.RequestAborted) is { } found
            ? Answer.Of(200, RequestView.Of(found))
            : new RefusalResult(NotFound(), catalogs.Directory);

    public static Refusal NotFound() => new(Codes.NotFound, "There is no such request.");

    /// <summary>The ask, and what is wrong with it before policy looks at it; 403 and an unknown name come before such faults.</summary>
    private static (SubmitOrder Order, Refusal? Fault) OrderOf(SubmitBody body, SubmitRequest submit, Actor actor)
    {
        var isBundle = body.Bundle is not null;
        var order = new SubmitOrder(NameIn(body), isBundle, null, body.Reason ?? "", body.StartsAt);
        if (isBundle && !submit.IsBundle(actor, order.Name))
            return (order, new Refusal(Codes.UnknownEntitlement, "There is no such bundle. jit list shows what you may ask for.", "bundle"));
        var isReadable = Durations.TryParse(body.Duration, out var duration, out var problem);
        var isForEmergencies = body.Incident is not null || body.Escalates is not null;
        var fault = isForEmergencies ? new Refusal(Codes.InvalidValue, "incident and escalates go with breakGlass only.", body.Incident is null ? "escalates" : "incident")
            : body.Duration is not null && !isReadable ? new Refusal(Codes.InvalidDuration, problem, "duration")
            : null;
        if (fault is null)
            return (order with { Duration = body.Duration is null ? null : duration }, null);
        var weightier = submit.Analyse(actor, order).Select(a => a.Refusal).FirstOrDefault(r => r is not null && (Problems.StatusOf(r) == 403 || r.Code == Codes.UnknownEntitlement));
        return (order, weightier ?? fault);
    }

    private static DryRunResource DryRun(IReadOnlyList<RequestAnalysis> analyses, Refusal? fault)
    {
        var refusal = fault ?? analyses.Select(a => a.Refusal).FirstOrDefault(r => r is not null);
        var approvers = analyses.SelectMany(a => a.Approvers).Select(a => a.Person).DistinctBy(p => p.Email, StringComparer.Ordinal).Select(PersonView.Of).ToList();
        var waiting = analyses.Where(a => a.Allowed && !a.AutoApproved.Met).ToList();
        DateTimeOffset? lapsesAt = refusal is null && waiting.Count > 0 ? waiting.Min(a => a.LapsesAt) : null;
        return new DryRunResource(refusal is null, refusal?.Code, refusal is null ? approvers : [], lapsesAt);
    }

    private static string NameIn(SubmitBody body) => body.Entitlement ?? body.Bundle ?? "";
}
