using JitBroker.Issuing;
using JitBroker.Outbox;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>Reads what a card says. The revision is read first: if the state moves meanwhile, the card is at worst newer than it claims and is edited once more.</summary>
public sealed class ReadStory(Database database, CopyStore copies, RequestReader reader, RequestStore requests, IssuerRegistry issuers, ChatLinks links, TimeProvider clock)
{
    private const int LooksBack = 200;

    /// <summary>Null when there is no such request. Shows it whoever reads: the caller checks rights.</summary>
    public Task<RequestStory?> HandleAsync(string requestId, CancellationToken cancellationToken) =>
        database.ReadAsync(session => InAsync(session, requestId, cancellationToken), cancellationToken);

    /// <summary>The first copy of its approval card that stands in a channel; null when there is none (yet).</summary>
    public async Task<PostedCopy?> CardInChannelAsync(string surface, string requestId, CancellationToken cancellationToken)
    {
        var posted = await database.ReadAsync(session => copies.OfRequestAsync(session, requestId, cancellationToken), cancellationToken);
        return posted.FirstOrDefault(c => c.Surface == surface && c.Template is Templates.ApprovalCard or Templates.EmergencyCard && Recipients.ChannelOf(c.Recipient) is not null);
    }

    private async Task<RequestStory?> InAsync(Session session, string requestId, CancellationToken cancellationToken)
    {
        var revision = await copies.RevisionAsync(session, requestId, cancellationToken);
        if (await reader.InAsync(session, requestId, cancellationToken) is not { } details)
            return null;
        var before = await requests.PageAsync(session, details.Request.Requester, null, requestId, LooksBack, cancellationToken);
        return new RequestStory(
            details,
            details.Bench.Today?.Title ?? details.Request.Entitlement,
            EndsBy(details.Bench.Content),
            before.All(r => r.Entitlement != details.Request.Entitlement),
            details.Grant is { } grant ? links.Collect(grant.Id) : null,
            revision,
            clock.GetUtcNow(),
            await ExtensionsLeftAsync(session, details, cancellationToken));
    }

    private async Task<int> ExtensionsLeftAsync(Session session, RequestDetails details, CancellationToken cancellationToken)
    {
        if (details is not { Grant: { IsActive: true } grant, Bench.Today: { } today } || details.Request.IsExtension)
            return 0;
        var used = await requests.CountExtensionsAsync(session, grant.Id, cancellationToken);
        return (int)Math.Max(0, Extensions.MaxOf(today, grant.BreakGlass) - used);
    }

    private string? EndsBy(RequestContent content)
    {
        var now = clock.GetUtcNow();
        var order = new IssueOrder(
            Ids.New(now), Ids.New(now), content.Holder, content.Holder, content.Entitlement, content.Issuer, content.Settings, content.Grants,
            now, now + TimeSpan.FromSeconds(content.DurationS));
        return issuers.Find(content.IssuerKind)?.RevocabilityOf(order).Text;
    }
}
