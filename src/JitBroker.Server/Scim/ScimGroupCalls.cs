using JitBroker.People;
using JitBroker.People.Scim;
using JitBroker.Storage;

namespace JitBroker.Server.Scim;

/// <summary><c>/Groups</c>. A client sees and changes its own groups only.</summary>
internal sealed class ScimGroupCalls(KeepGroup keep, Database database, ScimGroupStore groups, ScimResources resources)
{
    public Task<IResult> ListAsync(HttpContext context) => ListAsync(context, ScimQuery.Of(context));

    public async Task<IResult> SearchAsync(HttpContext context) => await ListAsync(context, ScimQuery.Of(await ScimJson.ReadAsync(context)));

    public async Task<IResult> GetAsync(HttpContext context, string id)
    {
        NeedId(id);
        var (client, query) = (ScimCaller.Of(context).Name, ScimQuery.Of(context));
        var found = await database.ReadAsync(
            async session => await groups.FindAsync(session, client, id, context.RequestAborted) is { } group ? await WithMembersAsync(session, group, query, context.RequestAborted) : default,
            context.RequestAborted);
        if (found.Group is not { } read)
            throw ScimException.NotFound();
        return ScimResources.IsKnown(context, read.Version)
            ? new ScimAnswer(304, null, ScimResources.ETag(read.Version))
            : new ScimAnswer(200, query.Narrow(resources.Of(read, found.Members)), ScimResources.ETag(read.Version), resources.Location("Groups", id));
    }

    public async Task<IResult> CreateAsync(HttpContext context)
    {
        var wish = ScimGroupForm.Whole(await ScimJson.ReadAsync(context));
        return await AnswerAsync(context, await keep.CreateAsync(ScimCaller.Of(context).Name, wish, context.RequestAborted), 201);
    }

    public async Task<IResult> ReplaceAsync(HttpContext context, string id) => await ChangeAsync(context, id, ScimGroupForm.Whole(await ScimJson.ReadAsync(context)));

    public async Task<IResult> PatchAsync(HttpContext context, string id) => await ChangeAsync(context, id, ScimGroupForm.Patched(ScimPatch.Read(await ScimJson.ReadAsync(context))));

    public async Task<IResult> DeleteAsync(HttpContext context, string id)
    {
        NeedId(id);
        var outcome = await keep.DeleteAsync(ScimCaller.Of(context).Name, id, ScimResources.IfMatch(context), context.RequestAborted);
        return outcome is ScimOutcome<ScimGroup>.Done ? new ScimAnswer(204, null) : await AnswerAsync(context, outcome, 204);
    }

    private async Task<IResult> ChangeAsync(HttpContext context, string id, ScimGroupChange wish)
    {
        NeedId(id);
        return await AnswerAsync(context, await keep.ChangeAsync(ScimCaller.Of(context).Name, id, ScimResources.IfMatch(context), wish, context.RequestAborted), 200);
    }

    private async Task<IResult> ListAsync(HttpContext context, ScimQuery query)
    {
        var narrowed = Narrowed(new ScimGroupQuery(ScimCaller.Of(context).Name), query.Terms);
        var (total, page) = await database.ReadAsync(session => PageAsync(session, narrowed, query, context.RequestAborted), context.RequestAborted);
        return new ScimAnswer(200, ScimResources.List(total, query, [.. page.Select(g => query.Narrow(resources.Of(g.Group!, g.Members)))]));
    }

    private async Task<(long Total, List<(ScimGroup? Group, IReadOnlyList<string>? Members)> Page)> PageAsync(Session session, ScimGroupQuery narrowed, ScimQuery query, CancellationToken cancellationToken)
    {
        var page = new List<(ScimGroup?, IReadOnlyList<string>?)>();
        var total = await groups.CountAsync(session, narrowed, cancellationToken);
        if (query.Count > 0)
        {
            foreach (var group in await groups.PageAsync(session, narrowed, query.Skip, query.Count, cancellationToken))
                page.Add(await WithMembersAsync(session, group, query, cancellationToken));
        }

        return (total, page);
    }

    private async Task<(ScimGroup? Group, IReadOnlyList<string>? Members)> WithMembersAsync(Session session, ScimGroup group, ScimQuery query, CancellationToken cancellationToken) =>
        (group, query.Wants("members") ? [.. (await groups.MembersAsync(session, group.Id, cancellationToken)).Select(m => m.UserId)] : null);

    /// <summary>Entra asks whether somebody is a member by <c>id eq "…" and members eq "…"</c>.</summary>
    private static ScimGroupQuery Narrowed(ScimGroupQuery query, IReadOnlyList<ScimTerm> terms)
    {
        foreach (var term in terms)
        {
            if (term is not { Operator: "eq", Value: string text })
                throw ScimException.Invalid("invalidFilter", "Groups are found by \"eq\" and a text only.");
            query = term.Path switch
            {
                "id" => query with { Id = text },
                "displayname" => query with { DisplayKey = Emails.Canonical(text) },
                "externalid" => query with { ExternalId = text },
                "members" or "members.value" => query with { Member = text },
                _ => throw ScimException.Invalid("invalidFilter", "Groups are found by displayName, externalId, members and id."),
            };
        }

        return query;
    }

    private async Task<IResult> AnswerAsync(HttpContext context, ScimOutcome<ScimGroup> outcome, int status)
    {
        switch (outcome)
        {
            case ScimOutcome<ScimGroup>.Done { Value: var group }:
                var query = ScimQuery.Of(context);
                var (_, members) = await database.ReadAsync(session => WithMembersAsync(session, group, query, context.RequestAborted), context.RequestAborted);
                return new ScimAnswer(status, query.Narrow(resources.Of(group, members)), ScimResources.ETag(group.Version), resources.Location("Groups", group.Id));
            case ScimOutcome<ScimGroup>.Taken:
                throw new ScimException(409, "uniqueness", "Another group has this displayName.");
            case ScimOutcome<ScimGroup>.Stale:
                throw ScimResources.Stale();
            case ScimOutcome<ScimGroup>.Unfit unfit:
                throw ScimException.Invalid(unfit.ScimType, unfit.Why);
            default:
                throw ScimException.NotFound();
        }
    }

    private static void NeedId(string id)
    {
        if (!Ids.IsId(id))
            throw ScimException.NotFound();
    }
}
