using System.Text.Json.Nodes;
using JitBroker.People;
using JitBroker.People.Scim;
using JitBroker.Storage;

namespace JitBroker.Server.Scim;

/// <summary><c>/Users</c>. A client sees and changes its own users only.</summary>
internal sealed class ScimUserCalls(KeepUser keep, Database database, ScimUserStore users, ScimResources resources)
{
    public Task<IResult> ListAsync(HttpContext context) => ListAsync(context, ScimQuery.Of(context));

    public async Task<IResult> SearchAsync(HttpContext context) => await ListAsync(context, ScimQuery.Of(await ScimJson.ReadAsync(context)));

    public async Task<IResult> GetAsync(HttpContext context, string id)
    {
        var user = await FindAsync(context, id);
        if (ScimResources.IsKnown(context, user.Version))
            return new ScimAnswer(304, null, ScimResources.ETag(user.Version));
        return new ScimAnswer(200, ScimQuery.Of(context).Narrow(resources.Of(user)), ScimResources.ETag(user.Version), resources.Location("Users", id));
    }

    public async Task<IResult> CreateAsync(HttpContext context)
    {
        var draft = ScimUserForm.Draft(await ScimJson.ReadAsync(context), active: true);
        return Answer(await keep.CreateAsync(ScimCaller.Of(context).Name, draft, context.RequestAborted), 201);
    }

    /// <summary>All of it anew; what it does not say of <c>active</c> stays, so that nobody comes back by an omission.</summary>
    public async Task<IResult> ReplaceAsync(HttpContext context, string id)
    {
        var body = await ScimJson.ReadAsync(context);
        return await ChangeAsync(context, id, user => ScimUserForm.Draft(body, user.Active));
    }

    public async Task<IResult> PatchAsync(HttpContext context, string id)
    {
        var operations = ScimPatch.Read(await ScimJson.ReadAsync(context));
        return await ChangeAsync(context, id, user =>
        {
            var attributes = ScimUserForm.Attributes(user);
            ScimUserPatch.Apply(attributes, operations);
            return ScimUserForm.Draft(attributes, user.Active);
        });
    }

    public async Task<IResult> DeleteAsync(HttpContext context, string id)
    {
        NeedId(id);
        var outcome = await keep.DeleteAsync(ScimCaller.Of(context).Name, id, ScimResources.IfMatch(context), context.RequestAborted);
        return outcome is ScimOutcome<ScimUser>.Done ? new ScimAnswer(204, null) : Answer(outcome, 204);
    }

    private async Task<IResult> ChangeAsync(HttpContext context, string id, Func<ScimUser, ScimUserDraft> change)
    {
        NeedId(id);
        var outcome = await keep.ChangeAsync(ScimCaller.Of(context).Name, id, ScimResources.IfMatch(context), change, context.RequestAborted);
        return Answer(outcome, 200);
    }

    private async Task<IResult> ListAsync(HttpContext context, ScimQuery query)
    {
        var narrowed = Narrowed(new ScimUserQuery(ScimCaller.Of(context).Name), query.Terms);
        var (total, page) = narrowed is null
            ? (0, [])
            : await database.ReadAsync(
                async session => (
                    await users.CountAsync(session, narrowed, context.RequestAborted),
                    query.Count == 0 ? [] : await users.PageAsync(session, narrowed, query.Skip, query.Count, context.RequestAborted)),
                context.RequestAborted);
        return new ScimAnswer(200, ScimResources.List(total, query, [.. page.Select(u => query.Narrow(resources.Of(u)))]));
    }

    /// <summary>Null: nobody can be like that.</summary>
    private static ScimUserQuery? Narrowed(ScimUserQuery query, IReadOnlyList<ScimTerm> terms)
    {
        foreach (var term in terms)
        {
            if (term.Operator != "eq")
                throw ScimException.Invalid("invalidFilter", "Users are found by \"eq\" only.");
            var text = term.Value as string;
            switch (term.Path)
            {
                case "id" when text is not null:
                    query = query with { Id = text };
                    break;
                case "username" when text is not null:
                    query = query with { UserKey = Emails.Canonical(text) };
                    break;
                case "externalid" when text is not null:
                    query = query with { ExternalId = text };
                    break;
                case "emails" or "emails.value" when text is not null:
                    query = query with { Email = Emails.Canonical(text) };
                    break;
                case "displayname" when text is not null:
                    query = query with { Name = text };
                    break;
                case "active" when term.Value is bool active:
                    query = query with { Active = active };
                    break;
                case "emails.type" or "emails.primary":
                    break;
                default:
                    throw ScimException.Invalid("invalidFilter", "Users are found by userName, externalId, emails.value, displayName, active and id.");
            }
        }

        return query.Id is { } id && !Ids.IsId(id) ? null : query;
    }

    private async Task<ScimUser> FindAsync(HttpContext context, string id)
    {
        NeedId(id);
        return await database.ReadAsync(session => users.FindAsync(session, ScimCaller.Of(context).Name, id, context.RequestAborted), context.RequestAborted) ?? throw ScimException.NotFound();
    }

    private ScimAnswer Answer(ScimOutcome<ScimUser> outcome, int status) => outcome switch
    {
        ScimOutcome<ScimUser>.Done done => new ScimAnswer(status, resources.Of(done.Value), ScimResources.ETag(done.Value.Version), resources.Location("Users", done.Value.Id)),
        ScimOutcome<ScimUser>.Taken taken => throw new ScimException(409, "uniqueness", $"Another user has this {taken.What}."),
        ScimOutcome<ScimUser>.Stale => throw ScimResources.Stale(),
        ScimOutcome<ScimUser>.Unfit unfit => throw ScimException.Invalid(unfit.ScimType, unfit.Why),
        _ => throw ScimException.NotFound(),
    };

    private static void NeedId(string id)
    {
        if (!Ids.IsId(id))
            throw ScimException.NotFound();
    }
}
