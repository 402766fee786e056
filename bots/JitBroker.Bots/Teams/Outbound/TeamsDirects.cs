using JitBroker.Bots.Chat;
using JitBroker.People;

namespace JitBroker.Bots.Teams;

/// <summary>Private chats: the one that Teams has shown us, else one that is made. One that is not there any more is forgotten and made anew, once.</summary>
internal sealed class TeamsDirects(TeamsReferences references, TeamsCalls calls)
{
    /// <summary>Posts to an account of the catalog.</summary>
    /// <returns>Where, when it went well; and how it went. Null: nobody knows yet where its tenant is served.</returns>
    public async Task<(TeamsPlace? Place, TeamsReply? Reply)> PostAsync(Identity account, TeamsMessage message, Urgency urgency, CancellationToken cancellationToken)
    {
        if (await references.PersonalAsync(account, cancellationToken) is { } known)
        {
            var first = await calls.PostAsync(known, message, urgency, cancellationToken);
            if (first is not TeamsReply.Refused { Status: 404 })
                return (known, await RememberAsync(known, first, cancellationToken));
            await references.ForgetAsync(known, cancellationToken);
        }

        if (await references.ServiceOfAsync(account.Tenant, cancellationToken) is not { } service)
            return (null, null);
        var member = (await references.MembersAsync([account], cancellationToken)) is [var id, ..] ? id : account.Id;
        return await MakeAsync(service, account.Tenant, member, message, urgency, cancellationToken);
    }

    /// <summary>Posts to whoever sent an activity, whether the catalog knows them or not.</summary>
    public Task<(TeamsPlace? Place, TeamsReply Reply)> PostAsync(string tenant, Uri service, TeamsSender sender, TeamsMessage message, Urgency urgency, CancellationToken cancellationToken) =>
        MakeAsync(service, tenant, sender.Id, message, urgency, cancellationToken);

    private async Task<(TeamsPlace? Place, TeamsReply Reply)> MakeAsync(Uri service, string tenant, string member, TeamsMessage message, Urgency urgency, CancellationToken cancellationToken)
    {
        var (place, refused) = await calls.DirectAsync(service, tenant, member, urgency, cancellationToken);
        if (place is null)
            return (null, refused!);
        var reply = await calls.PostAsync(place, message, urgency, cancellationToken);
        if (reply is TeamsReply.Refused { IsUnreachable: true })
            calls.ForgetDirect(place);
        return (place, reply);
    }

    /// <summary>Whoever blocked the bot, or removed it, is not written to there until they are heard of again.</summary>
    private async Task<TeamsReply> RememberAsync(TeamsPlace place, TeamsReply reply, CancellationToken cancellationToken)
    {
        if (reply is TeamsReply.Refused { Status: 403 })
            await references.ForgetAsync(place, cancellationToken);
        return reply;
    }
}
