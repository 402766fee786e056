using System.Collections.Concurrent;
using JitBroker.Bots.Chat;
using JitBroker.People;
using JitBroker.Requests;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>Opens the request form, fills it, keeps its live line true while a person chooses, and offers what they may ask for.</summary>
internal sealed partial class RequestFormDesk(
    FillRequestForm fill, LatelyAsked lately, UsualWaits waits, SlackPeople people, SlackCalls calls, PrivateAnswers answers, ILogger<RequestFormDesk> log)
{
    public const string ShortcutId = "jit_request";
    public const string MessageShortcutId = "jit_request_for";

    private const int MostKept = 10_000;

    private readonly ConcurrentDictionary<string, string> _choices = new(StringComparer.Ordinal);

    public async Task OpenAsync(SlackDelivery delivery, RequestDraft draft, CancellationToken cancellationToken)
    {
        var who = await people.ResolveAsync(delivery, "chat.form", Assurance.Known, cancellationToken);
        if (who.Refusal is { } stranger)
            await answers.SayAsync(delivery, Refused.Of(stranger), replaceOriginal: false, cancellationToken);
        else
            await OpenAsync(delivery, who.Value!, draft, cancellationToken);
    }

    /// <summary>From a message: what it says and where it stands is the reason to begin with.</summary>
    public async Task OpenForMessageAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var who = await people.ResolveAsync(delivery, "chat.form", Assurance.Known, cancellationToken);
        if (who.Refusal is { } stranger)
            await answers.SayAsync(delivery, Refused.Of(stranger), replaceOriginal: false, cancellationToken);
        else
            await OpenAsync(delivery, who.Value!, () => DraftOfMessageAsync(delivery, cancellationToken), cancellationToken);
    }

    private async Task<RequestDraft> DraftOfMessageAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var link = delivery is { ChannelId: { } channel, MessageTs: { } ts } ? await calls.LinkAsync(channel, ts, cancellationToken) : null;
        return MessageReason.DraftOf(SlackText.Plain(delivery.Payload.Text("message", "text")), link);
    }

    public Task OpenAsync(SlackDelivery delivery, Actor actor, RequestDraft draft, CancellationToken cancellationToken) =>
        OpenAsync(delivery, actor, () => Task.FromResult(draft), cancellationToken);

    /// <param name="prepare">What to fill in; called when the form is open already, so it may take its time.</param>
    private async Task OpenAsync(SlackDelivery delivery, Actor actor, Func<Task<RequestDraft>> prepare, CancellationToken cancellationToken)
    {
        var opened = await calls.OpenViewAsync(delivery.TriggerId ?? "", FormView.Loading(), cancellationToken);
        if (opened is not SlackReply.Ok ok || ok.Body.Text("view", "id") is not { } viewId)
        {
            LogClosed(log, delivery.Id, opened.ToString());
            await answers.SayAsync(delivery, Refused.TookTooLong(), replaceOriginal: false, cancellationToken);
            return;
        }

        var draft = await prepare();
        var usual = draft.Entitlement is { } name ? await waits.OfAsync(name, cancellationToken) : null;
        await UpdateAsync(viewId, hash: null, fill.Of(actor, draft, usual), cancellationToken);

        // Asked now, so that the submission finds the account checked and need not wait for Slack.
        await people.ResolveAsync(delivery, "chat.form", Assurance.Asked, cancellationToken);
    }

    /// <summary>
    /// Something was chosen: the durations and the live line follow. Of several choices made before the view could be updated the last one is shown; one that
    /// comes after a newer is left out.
    /// </summary>
    public async Task RefreshAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var view = delivery.Payload.At("view");
        if (view.Text("callback_id") != RequestAccessForm.Name || view.Text("id") is not { } viewId)
            return;
        var who = await people.ResolveAsync(delivery, "chat.form", Assurance.Known, cancellationToken);
        if (who.Value is not { } actor)
            return;
        var at = delivery.Action.Text("action_ts") ?? "";
        if (!IsNewest(viewId, at))
            return;
        var draft = RequestAccessForm.Read(FormState.Of(view));
        var usual = draft.Entitlement is { } name ? await waits.OfAsync(name, cancellationToken) : null;
        var form = fill.Of(actor, draft, usual);
        if (!await UpdateAsync(viewId, view.Text("hash"), form, cancellationToken) && IsNewest(viewId, at))
            await UpdateAsync(viewId, hash: null, form, cancellationToken);
    }

    public async Task<SlackAnswer> SuggestAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var who = await people.ResolveAsync(delivery, "chat.form", Assurance.Known, cancellationToken);
        IReadOnlyList<FormOption> options = who.Value is { } actor && delivery.Payload.Text("block_id") == RequestAccessForm.Entitlement
            ? fill.Search(actor, delivery.Payload.Text("value") ?? "", await lately.RecentAsync(actor.Email, cancellationToken))
            : [];
        return new SlackAnswer(200, SlackJson.Write(new { Options = options.Select(FormView.Option) }));
    }

    /// <summary>Notes a choice; false when a newer one of the same view is known. Slack's timestamps of one length sort as text.</summary>
    private bool IsNewest(string viewId, string at)
    {
        if (_choices.Count >= MostKept)
            _choices.Clear();
        return _choices.AddOrUpdate(viewId, at, (_, known) => string.CompareOrdinal(at, known) > 0 ? at : known) == at;
    }

    /// <returns>False when the view was updated by another choice meanwhile.</returns>
    private async Task<bool> UpdateAsync(string viewId, string? hash, RequestForm form, CancellationToken cancellationToken)
    {
        var reply = await calls.UpdateViewAsync(viewId, hash, FormView.Of(RequestAccessForm.Of(form, [])), cancellationToken);
        if (reply is SlackReply.Refused { Error: "hash_conflict" })
            return false;
        if (reply is not (SlackReply.Ok or SlackReply.Refused { Error: "not_found" }))
            LogStale(log, viewId, reply.ToString());
        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The form for delivery {DeliveryId} could not be opened: {Reply}")]
    private static partial void LogClosed(ILogger log, string deliveryId, string reply);

    [LoggerMessage(Level = LogLevel.Warning, Message = "View {ViewId} could not be brought up to date: {Reply}")]
    private static partial void LogStale(ILogger log, string viewId, string reply);
}
