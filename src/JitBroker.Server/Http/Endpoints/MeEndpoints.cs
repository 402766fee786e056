using JitBroker.Catalog;
using JitBroker.Client;
using JitBroker.People;
using JitBroker.People.SignIn;
using JitBroker.Server.Http.Documents;
using Codes = JitBroker.Policy.Codes;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http.Endpoints;

internal static class MeEndpoints
{
    public static RouteGroupBuilder MapMe(this RouteGroupBuilder v1)
    {
        v1.MapGet("/me", MeAsync).WithTags("me").Answers<MeResource>(200).Says("me", "Who you are, and your live sessions.");
        v1.MapPost("/sessions/{id}/end", EndAsync).WithTags("me").Answers(204).Idempotent().Says("endSession", "End a session of yours.");
        return v1;
    }

    private static async Task<IResult> MeAsync(HttpContext context, Sessions sessions, CatalogHolder catalogs)
    {
        var (caller, directory) = (Caller.Of(context), catalogs.Directory);
        var live = await sessions.ListAsync(caller.Email, context.RequestAborted);
        return Answer.Of(200, new MeResource
        {
            Email = caller.Email,
            Name = caller.Actor.Person.Name,
            Roles = directory.RolesOf(caller.Email),
            Groups = directory.GroupsOf(caller.Email),
            Identities = [.. directory.IdentitiesOf(caller.Email).Select(i => new IdentityResource(i.Surface, i.Tenant, i.Id))],
            Sessions = [.. live.Select(s => Of(s, caller))],
        });
    }

    private static async Task<IResult> EndAsync(HttpContext context, string id, EndSession end, Idempotent idempotent, CatalogHolder catalogs)
    {
        if (!Ids.IsId(id))
            return new RefusalResult(new Refusal(Codes.NotFound, "There is no such session of yours."), catalogs.Directory);
        var bytes = await JsonBodies.ReadBytesAsync(context);
        JsonBodies.ParseNothing(context, bytes);
        var actor = Caller.Of(context).Actor;
        var outcome = await idempotent.RunAsync<SessionEnded>(
            context,
            bytes,
            together => end.HandleAsync(actor, id, notMe: false, together, context.RequestAborted),
            (_, _, _) => Task.FromResult(new Answer(204, "")));
        return outcome.ToResult(catalogs);
    }

    private static SessionResource Of(PersonSession session, Caller caller) => new()
    {
        Id = session.Id,
        Scope = WireWords.Parse<Client.SessionScope>(session.Scope),
        StartedAt = session.StartedAt,
        EndsAt = session.EndsAt,
        Address = session.Address.Length == 0 ? null : session.Address,
        Host = session.Host.Length == 0 ? null : session.Host,
        Current = session.Id == caller.Session.Id,
    };
}
