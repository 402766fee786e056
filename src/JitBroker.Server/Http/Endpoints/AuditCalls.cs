using System.Globalization;
using System.Text;
using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.Policy;
using Codes = JitBroker.Policy.Codes;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Reading the audit: for auditors and admins only, in a session that may decide. Each export is an event itself, and so is each refusal.</summary>
internal static class AuditCalls
{
    public static async Task<IResult> ListAsync(HttpContext context, AuditReader reader, Refusals refusals, CatalogHolder catalogs)
    {
        if (await RefusedAsync(context, "audit.read", refusals, catalogs) is { } refused)
            return refused;
        var query = new QueryReader(context, "after", "actor", "about");
        var (after, actor, about) = (Number(query, "after") ?? 0, query.Text("actor"), query.Text("about"));
        if (actor is { Length: 0 or > 320 } || actor?.Contains('\0', StringComparison.Ordinal) is true)
            query.Fault("actor", "This is an e-mail address.");
        if (about is { Length: 0 or > 200 } || about?.Contains('\0', StringComparison.Ordinal) is true)
            query.Fault("about", "This is the id of a request, or of what else happened.");
        var list = string.Create(CultureInfo.InvariantCulture, $"audit|{actor}|{about}");
        var (cursor, limit) = (query.Cursor(list, IsNumber), query.Limit());
        query.Close();
        var from = cursor is null ? after : Math.Max(after, long.Parse(cursor, CultureInfo.InvariantCulture));
        var events = await reader.ListAsync(new AuditQuery(from, actor is null ? null : Emails.Canonical(actor), about, limit + 1), context.RequestAborted);
        var shown = events.Take(limit).ToList();
        var next = events.Count > limit ? $"\"{Cursors.Of(list, shown[^1].Seq!.Value.ToString(CultureInfo.InvariantCulture))}\"" : "null";
        return new Answer(200, $$"""{"items":[{{string.Join(',', shown.Select(EventForm.Line))}}],"next":{{next}}}""");
    }

    public static async Task<IResult> ExportAsync(HttpContext context, AuditReader reader, ExportAudit export, Refusals refusals, CatalogHolder catalogs)
    {
        if (await RefusedAsync(context, "audit.export", refusals, catalogs) is { } refused)
            return refused;
        var query = new QueryReader(context, "format", "from", "to");
        foreach (var name in context.Request.Query.Keys.Where(k => k is "cursor" or "limit"))
            query.Fault(name, "An export has no pages: it is a stream.");
        var format = query.Text("format") ?? "jsonl";
        if (format is not ("jsonl" or "csv"))
            query.Fault("format", "This is jsonl or csv.");
        var (from, to) = (Bound(query, "from"), Bound(query, "to"));
        query.Close();
        var range = await export.BeginAsync(Caller.Of(context).Actor, format, from, to, context.RequestAborted);
        return new AuditStream(format == "csv", range, reader);
    }

    public static async Task<IResult> CheckpointAsync(HttpContext context, AuditReader reader, Refusals refusals, CatalogHolder catalogs)
    {
        if (await RefusedAsync(context, "audit.read", refusals, catalogs) is { } refused)
            return refused;
        return await reader.CheckpointAsync(context.RequestAborted) is { } last
            ? Answer.Of(200, new CheckpointResource(last.Seq, last.Hash, last.At, last.Jws))
            : new RefusalResult(new Refusal(Codes.NotFound, "There is no checkpoint yet: the first is signed within seconds of the first event. Ask again in a moment."), catalogs.Directory);
    }

    private static async Task<IResult?> RefusedAsync(HttpContext context, string attempt, Refusals refusals, CatalogHolder catalogs)
    {
        var (caller, directory) = (Caller.Of(context), catalogs.Directory);
        var objection = directory.HasRole(Rights.Auditor, caller.Email) || directory.HasRole(Rights.Admin, caller.Email)
            ? caller.ScopeObjection() is null ? null : new Refusal(Codes.ScopeNeeded, "This session may ask and collect, but not read the audit. Sign in with jit login --can-decide.")
            : new Refusal(Codes.Forbidden, "Only auditors and admins read the audit. The catalog's roles say who that is.");
        return objection is null ? null : new RefusalResult(await refusals.RecordAsync(caller.Actor, attempt, null, null, objection, context.RequestAborted), catalogs.Directory);
    }

    private static long? Number(QueryReader query, string name)
    {
        if (query.Text(name) is not { } text)
            return null;
        if (IsNumber(text))
            return long.Parse(text, CultureInfo.InvariantCulture);
        query.Fault(name, "This is a sequence number, such as 42.");
        return null;
    }

    private static AuditBound? Bound(QueryReader query, string name)
    {
        if (query.Text(name) is not { } text)
            return null;
        if (IsNumber(text))
            return new AuditBound(long.Parse(text, CultureInfo.InvariantCulture), null);
        if (InstantConverter.TryRead(text) is { } instant)
            return new AuditBound(null, instant);
        query.Fault(name, "This is a sequence number, or an instant that names its offset, such as 2026-11-22T10:00:00Z.");
        return null;
    }

    private static bool IsNumber(string text) => text.Length is > 0 and <= 18 && text.All(char.IsAsciiDigit);
}

/// <summary>An export on its way out, page by page. One that cannot be finished is cut off, so that nobody takes it for whole.</summary>
internal sealed class AuditStream(bool isCsv, AuditRange range, AuditReader reader) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (response, cancellationToken) = (httpContext.Response, httpContext.RequestAborted);
        response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = string.Create(CultureInfo.InvariantCulture, $"attachment; filename=\"audit-{range.First}-{range.Last}.{(isCsv ? "csv" : "jsonl")}\"");
        try
        {
            await response.Body.WriteAsync(Encoding.UTF8.GetBytes(Beginning()), cancellationToken);
            await foreach (var page in reader.PagesAsync(range, cancellationToken))
            {
                var text = new StringBuilder();
                foreach (var happened in page)
                    text.Append(isCsv ? AuditCsv.Row(happened) : EventForm.Line(happened) + "\n");
                await response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
            }
        }
        catch (Exception) when (response.HasStarted)
        {
            httpContext.Abort();
            throw;
        }
    }

    private string Beginning() => (isCsv, range.Before) switch
    {
        (true, { } before) => AuditCsv.Header + AuditCsv.Predecessor(before),
        (true, null) => AuditCsv.Header,
        (false, { } before) => string.Create(CultureInfo.InvariantCulture, $$"""{"hash":"{{before.Hash}}","seq":{{before.Seq}}}""") + "\n",
        _ => "",
    };
}
