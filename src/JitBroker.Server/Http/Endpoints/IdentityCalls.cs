using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.People.Linking;
using JitBroker.Server.Http.Views;
using Codes = JitBroker.Policy.Codes;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Accounts, whose they are, and linking them.</summary>
internal static class IdentityCalls
{
    public static async Task<IResult> ListAsync(HttpContext context, ReadIdentities identities, Refusals refusals, CatalogHolder catalogs)
    {
        var query = new QueryReader(context, "person");
        var person = query.Text("person") is { Length: > 0 } email ? Emails.Canonical(email) : null;
        var list = "identities|" + person;
        var (after, limit) = (query.Cursor(list, static key => key.Length <= 800), query.Limit());
        query.Close();
        var outcome = identities.List(Caller.Of(context).Actor, person);
        if (outcome.Refusal is { } refusal)
            return new RefusalResult(await refusals.RecordAsync(Caller.Of(context).Actor, "identity.list", null, null, refusal, context.RequestAborted), catalogs.Directory);
        var directory = catalogs.Directory;
        var rest = outcome.Value!.Items.Where(i => after is null || string.CompareOrdinal(i.Key, after) > 0).Take(limit + 1).ToList();
        var shown = rest.Take(limit).ToList();
        return Answer.Of(200, new Page<LinkedIdentityResource>([.. shown.Select(i => Of(i, directory))], rest.Count > limit ? Cursors.Of(list, shown[^1].Key) : null));
    }

    public static async Task<IResult> LinkAsync(HttpContext context, ShowLink show, TypeLink type, ReadIdentities identities, Refusals refusals, CatalogHolder catalogs)
    {
        var body = JsonBodies.Parse(context, await JsonBodies.ReadBytesAsync(context), new LinkBody());
        var caller = Caller.Of(context);
        if (Objection(caller) is { } objection)
            return new RefusalResult(await refusals.RecordAsync(caller.Actor, "identity.link", null, null, objection, context.RequestAborted), catalogs.Directory);
        var side = new LinkSide(caller.Actor, null, "", caller.Session.Address, caller.Session.Host);
        if (body.Code is { } code)
        {
            var typed = await type.HandleAsync(side, code, context.RequestAborted);
            return typed.Value is { } met ? Answer.Of(200, Of(met.Link, null)) : new RefusalResult(typed.Refusal!, catalogs.Directory);
        }

        var shown = await show.HandleAsync(side, context.RequestAborted);
        if (shown.Value is not { } made)
            return new RefusalResult(shown.Refusal!, catalogs.Directory);
        var link = (await identities.FindLinkAsync(made.Id, context.RequestAborted))!;
        return Answer.Of(201, Of(link, made.Code), $"/v1/identities/links/{made.Id}");
    }

    public static async Task<IResult> GetLinkAsync(HttpContext context, string id, ReadIdentities identities, CatalogHolder catalogs)
    {
        var link = Ids.IsId(id) ? await identities.FindLinkAsync(id, context.RequestAborted) : null;
        return link is not null && link.Person == Caller.Of(context).Email ? Answer.Of(200, Of(link, null)) : new RefusalResult(new Refusal(Codes.NotFound, "There is no such linking of yours."), catalogs.Directory);
    }

    public static async Task<IResult> AnswerAsync(HttpContext context, string id, AnswerLink answer, Refusals refusals, CatalogHolder catalogs)
    {
        var body = JsonBodies.Parse<LinkAnswerBody>(context, await JsonBodies.ReadBytesAsync(context));
        var caller = Caller.Of(context);
        if (Objection(caller) is { } objection)
            return new RefusalResult(await refusals.RecordAsync(caller.Actor, "identity.link", null, null, objection, context.RequestAborted), catalogs.Directory);
        var outcome = await answer.HandleAsync(caller.Actor, id, body.Confirm, null, context.RequestAborted);
        return outcome.Value is { } link ? Answer.Of(200, Of(link, null)) : new RefusalResult(outcome.Refusal!, catalogs.Directory);
    }

    public static async Task<IResult> UnlinkAsync(HttpContext context, string id, UnlinkIdentity unlink, Idempotent idempotent, Refusals refusals, CatalogHolder catalogs)
    {
        var bytes = await JsonBodies.ReadBytesAsync(context);
        var body = JsonBodies.Parse(context, bytes, new UnlinkBody());
        var caller = Caller.Of(context);
        if (caller.ScopeObjection() is { } objection)
            return new RefusalResult(await refusals.RecordAsync(caller.Actor, "identity.unlink", null, null, objection, context.RequestAborted), catalogs.Directory);
        var outcome = await idempotent.RunAsync<LinkedIdentity>(
            context,
            bytes,
            together => unlink.HandleAsync(caller.Actor, id, body.Reason, together, context.RequestAborted),
            (_, done, _) => Task.FromResult(Answer.Of(200, Of(new KnownIdentity(done.Identity, done.Person, done.How, done.Id, done.LinkedAt, false), catalogs.Directory))));
        return outcome.ToResult(catalogs);
    }

    /// <summary>An account acts in one's name in everything, so it takes a session that may (contract §6).</summary>
    private static Refusal? Objection(Caller caller) => caller.ScopeObjection() is null
        ? null
        : new Refusal(Codes.ScopeNeeded, "This session may ask and collect, but not link accounts. Sign in with jit login --can-decide, or type /access link in chat.");

    private static LinkedIdentityResource Of(KnownIdentity identity, PeopleDirectory directory) => new()
    {
        Id = identity.Id,
        Person = PersonView.Of(identity.Person, directory),
        Surface = identity.Account.Surface,
        Tenant = identity.Account.Tenant,
        Account = identity.Account.Id,
        How = identity.How,
        LinkedAt = identity.LinkedAt,
        Holds = identity.Holds,
    };

    private static LinkResource Of(Link link, string? code) => new()
    {
        Id = link.Id,
        State = link.State,
        Code = code,
        Account = link.Identity is { } account ? $"{account.Surface}:{account.Tenant}/{account.Id}" : null,
        Label = link.Label,
        TypedAt = link.TypedAt,
        ExpiresAt = link.ExpiresAt,
    };
}
