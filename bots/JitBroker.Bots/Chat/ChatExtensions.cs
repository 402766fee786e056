using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Storage;

namespace JitBroker.Bots.Chat;

/// <summary>More time on what one holds, by words or by the button on the notice that it ends.</summary>
public sealed class ChatExtensions(SubmitExtension submit, RequestReader reader, References references, CatalogHolder catalogs)
{
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(30);

    /// <summary>What one press asks for: half an hour, or the longest there is.</summary>
    public static TimeSpan ByOnePress(Entitlement? entitlement, bool emergency) =>
        entitlement is not null && Extensions.LongestOf(entitlement, emergency) is var longest && longest > TimeSpan.Zero && longest < Usual ? longest : Usual;

    /// <summary>By words: each of them is needed, but a reason where none is asked for.</summary>
    public async Task<ChatReply> AskAsync(Actor actor, ChatCommand.Extend extend, CommitWith<Request>? together, CancellationToken cancellationToken)
    {
        if (extend.Grant is null || extend.Duration is null)
            return new Refusal(Codes.InvalidValue, "Say which access, for how much longer and why: /access extend GRANT DURATION REASON.");
        var found = await references.OwnGrantAsync(actor.Email, extend.Grant, cancellationToken);
        return found.Refusal is { } unclear ? unclear : await SubmitAsync(actor, new ExtendOrder(found.Value!.Grant.Id, extend.Duration, extend.Reason), together, cancellationToken);
    }

    /// <summary>By one press: as long as the button says, for the reason the access was asked for.</summary>
    public async Task<ChatReply> PressAsync(Actor actor, string grantId, CommitWith<Request>? together, CancellationToken cancellationToken)
    {
        var found = await reader.FindGrantAsync(grantId, actor.Email, cancellationToken);
        var request = found is null ? null : await reader.FindAsync(found.Grant.RequestId, cancellationToken);
        var entitlement = found is null ? null : catalogs.Current.Entitlements.GetValueOrDefault(found.Grant.Entitlement);
        var by = ByOnePress(entitlement, found?.Content.Emergency is true);
        return await SubmitAsync(actor, new ExtendOrder(grantId, Durations.Iso(by), request?.Request.Reason ?? ""), together, cancellationToken);
    }

    private async Task<ChatReply> SubmitAsync(Actor actor, ExtendOrder order, CommitWith<Request>? together, CancellationToken cancellationToken)
    {
        var outcome = await submit.HandleAsync(actor, order, together, cancellationToken);
        if (outcome.Refusal is { } refusal)
            return refusal;
        var request = outcome.Value!;
        var what = ChatText.Of($"{Say.Strong(Durations.Human(request.Duration))} more of {Say.Strong(catalogs.Current.Entitlements.GetValueOrDefault(request.Entitlement)?.Title ?? request.Entitlement)}");
        if (!request.IsPending)
            return ChatMessage.Sentence(ChatText.Of($"{what}: approved by rule."));
        var needs = RuleText.Of(RequestContent.FromText(request.Content).Rule with { Auto = null }, actor.Email, catalogs.Directory);
        var said = ChatText.Of($"Asked for {what}. Needs {needs}.");
        return new ChatReply(
            new ChatMessage(said, [new ChatPart.Paragraph(said), new ChatPart.Actions([new ChatButton(ChatActions.Cancel, "Withdraw", request.Id)])]), Asked: request.Id);
    }
}
