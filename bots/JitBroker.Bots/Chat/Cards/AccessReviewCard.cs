using System.Text.Json.Nodes;
using JitBroker.Catalog.AccessReview;
using JitBroker.Outbox;

namespace JitBroker.Bots.Chat;

/// <summary>The monthly message to whoever owns entitlements: who could ask, who did, and what to keep and what to remove.</summary>
public sealed class AccessReviewCard(ReviewAccess review)
{
    /// <summary>Most entitlements that one message tells of: those with something to remove first.</summary>
    private const int Shown = 10;

    /// <summary>Null when nothing is owned any more. Rendered from what is stored when it is sent.</summary>
    public async Task<ChatMessage?> OfAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var data = JsonNode.Parse(delivery.Data);
        var (owner, month) = ((string?)data?["owner"] ?? "", (string?)data?["month"] ?? "");
        return Of(owner, month, await review.HandleAsync(ReviewAccess.Unused, cancellationToken));
    }

    public static ChatMessage? Of(string owner, string month, AccessReviewed reviewed)
    {
        var owned = reviewed.Entitlements.Where(e => e.Entitlement.Owner == owner).OrderByDescending(e => e.Proposals.Any(p => p.Remove)).ToList();
        if (owned.Count == 0)
            return null;
        var toRemove = owned.Count(e => e.Proposals.Any(p => p.Remove));
        var summary = ChatText.Of($"Access review {month} for {Say.Strong(owner)}: {owned.Count} to look at, {toRemove} with something to remove");
        var parts = new List<ChatPart> { new ChatPart.Paragraph(summary) };
        foreach (var one in owned.Take(Shown))
        {
            parts.Add(new ChatPart.Paragraph(Used(one, reviewed)));
            parts.AddRange(one.Proposals.Select(p => new ChatPart.Fine(ChatText.Of($"{Say.Strong(p.Remove ? "Remove" : "Keep")} {(p.What == "group" ? p.Name : "it")}: {p.Because}"))));
        }

        if (owned.Count > Shown)
            parts.Add(new ChatPart.Fine(ChatText.Of($"and {owned.Count - Shown} more: {Say.Code("jit catalog review")} lists all")));
        parts.Add(new ChatPart.Fine(ChatText.Of($"Nothing is removed by itself. {Say.Code("jit catalog review --patch")} prints the change of the catalog for an admin.")));
        return new ChatMessage(summary, parts);
    }

    private static ChatText Used(EntitlementReview one, AccessReviewed reviewed)
    {
        var last = one.LastUsedAt is { } at ? ChatText.Of($"last used {Say.Time(at, reviewed.At)}") : ChatText.Of($"never used");
        return ChatText.Of($"{Say.Strong(one.Entitlement.Title)} ({one.Entitlement.Name}) · {one.MayAsk.Count} may ask, {one.Uses.Count} did, {last} · {one.Unused.Count} have not used it in {(int)(reviewed.At - reviewed.Since).TotalDays} days");
    }
}
