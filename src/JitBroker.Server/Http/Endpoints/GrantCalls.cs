using System.Text.Json;
using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.Grants;
using JitBroker.Leases;
using JitBroker.People;
using JitBroker.Requests;
using JitBroker.Server.Http.Views;
using Codes = JitBroker.Policy.Codes;
using GrantQuery = JitBroker.Requests.GrantQuery;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Reading, collecting from and ending grants.</summary>
internal static class GrantCalls
{
    public static async Task<IResult> ListAsync(HttpContext context, RequestReader reader, GrantView view, CatalogHolder catalogs)
    {
        var query = new QueryReader(context, "state", "mine", "person", "breakGlass");
        var state = query.Word("state", GrantLifecycle.Parse, string.Join(", ", WireWords.All<Client.GrantState>()));
        var (mine, person, breakGlass) = (query.Flag("mine"), query.Text("person"), query.Flag("breakGlass"));
        if (person is { Length: 0 or > 320 } || person?.Contains('\0', StringComparison.Ordinal) is true)
            query.Fault("person", "This is an e-mail address.");
        var (viewer, holder) = (Caller.Of(context).Email, person is null ? null : Emails.Canonical(person));
        var list = $"grants|{viewer}|{state}|{mine}|{holder}|{breakGlass}";
        var (before, limit) = (query.Cursor(list, Ids.IsId), query.Limit());
        query.Close();
        var page = await reader.ListGrantsAsync(viewer, new GrantQuery(state, mine, holder, before, limit, breakGlass), context.RequestAborted);
        var directory = catalogs.Directory;
        return Answer.Of(200, new Client.Page<GrantResource>([.. page.Items.Select(g => view.Of(g, directory))], page.Next is { } next ? Cursors.Of(list, next) : null));
    }

    public static async Task<IResult> GetAsync(HttpContext context, string id, RequestReader reader, GrantView view, CatalogHolder catalogs) =>
        await reader.FindGrantAsync(id, Caller.Of(context).Email, context.RequestAborted) is { } found
            ? Answer.Of(200, view.Of(found, catalogs.Directory))
            : new RefusalResult(NotFound(), catalogs.Directory);

    /// <summary>A secret is never stored, so an Idempotency-Key is not honoured here.</summary>
    public static async Task<IResult> CollectAsync(HttpContext context, string id, MintLease mint, CatalogHolder catalogs)
    {
        if (!Ids.IsId(id))
            return new RefusalResult(NotFound(), catalogs.Directory);
        JsonBodies.ParseNothing(context, await JsonBodies.ReadBytesAsync(context));
        var outcome = await mint.HandleAsync(Caller.Of(context).Actor, id, context.RequestAborted);
        if (outcome.Value is not { } collected)
            return new RefusalResult(outcome.Refusal!, catalogs.Directory);
        var envelope = new CredentialEnvelope
        {
            Lease = collected.Lease.Id,
            Grant = collected.Grant.Id,
            Kind = collected.Credential.Kind,
            ExpiresAt = collected.Lease.ExpiresAt,
            Credential = JsonSerializer.SerializeToElement(collected.Credential.Reveal()),
        };
        return new SecretAnswer(JsonSerializer.SerializeToUtf8Bytes(envelope, Wire.Strict));
    }

    public static async Task<IResult> EndAsync(HttpContext context, string id, EndGrant end, RequestReader reader, GrantView view, Idempotent idempotent, CatalogHolder catalogs)
    {
        if (!Ids.IsId(id))
            return new RefusalResult(NotFound(), catalogs.Directory);
        var bytes = await JsonBodies.ReadBytesAsync(context);
        var body = JsonBodies.Parse(context, bytes, new EndBody());
        var actor = Caller.Of(context).Actor;
        var outcome = await idempotent.RunAsync<EndRequested>(
            context,
            bytes,
            together => end.HandleAsync(actor, id, body.Reason, together, context.RequestAborted),
            async (session, ended, token) =>
            {
                var details = (await reader.GrantInAsync(session, ended.Grant.Id, token))!;
                return Answer.Of(ended.HadEnded ? 200 : 202, view.Of(details, catalogs.Directory));
            });
        return outcome.ToResult(catalogs);
    }

    public static async Task<IResult> ExtendAsync(HttpContext context, string id, SubmitExtension extend, RequestReader reader, Idempotent idempotent, CatalogHolder catalogs)
    {
        if (!Ids.IsId(id))
            return new RefusalResult(NotFound(), catalogs.Directory);
        var bytes = await JsonBodies.ReadBytesAsync(context);
        var body = JsonBodies.Parse<ExtendBody>(context, bytes);
        var actor = Caller.Of(context).Actor;
        var outcome = await idempotent.RunAsync<Request>(
            context,
            bytes,
            together => extend.HandleAsync(actor, new ExtendOrder(id, body.Duration, body.Reason ?? ""), together, context.RequestAborted),
            async (session, asked, token) => Answer.Of(201, RequestView.Of((await reader.InAsync(session, asked.Id, token))!), $"/v1/requests/{asked.Id}"));
        return outcome.ToResult(catalogs);
    }

    private static Refusal NotFound() => new(Codes.NotFound, "There is no such grant.");
}

/// <summary>The one answer that holds a secret: bytes that go out and are let go of.</summary>
internal sealed class SecretAnswer(byte[] body) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status201Created;
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        httpContext.Response.Headers.CacheControl = "no-store";
        await httpContext.Response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
