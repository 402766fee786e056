using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// A modal was submitted: checked and done within the call, and its answer stored in the transaction of the effect, so that a redelivery gets the same one.
/// Faults come back at their fields and keep the input.
/// </summary>
internal sealed partial class SlackSubmissions(
    ChatService chat, ChatEmergencies emergencies, SlackPeople people, PrivateAnswers answers, Database database, InboxStore inbox, TimeProvider clock, ILogger<SlackSubmissions> log)
{
    public async Task<SlackAnswer> AnswerAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            return delivery.Payload.Text("view", "callback_id") switch
            {
                RequestView.CallbackId => await RequestAsync(delivery, cancellationToken),
                DenyForm.CallbackId => await DenyAsync(delivery, cancellationToken),
                ApproveLessForm.CallbackId => await ApproveForLessAsync(delivery, cancellationToken),
                BreakGlassForm.CallbackId => await TakeAsync(delivery, cancellationToken),
                ReviewForm.CallbackId => await ReviewAsync(delivery, cancellationToken),
                _ => await FinishAsync(delivery, null, cancellationToken),
            };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var reference = Ids.New(clock.GetUtcNow());
            LogFailed(log, delivery.Id, reference, e);
            return await BrokenAsync(delivery, reference, cancellationToken);
        }
    }

    /// <summary>As <see cref="AnswerAsync"/>, when nobody waits for the answer any more: what stood at the fields is told in private.</summary>
    public async Task AnswerLateAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var answer = await AnswerAsync(delivery, cancellationToken);
        if (answer.Json is null || ChatJson.Read(Encoding.UTF8.GetBytes(answer.Json)).At("errors") is not { Count: > 0 } faults)
            return;
        var said = string.Join(' ', faults.Select(f => f.Value?.ToString()).OfType<string>().Distinct(StringComparer.Ordinal));
        await answers.SayAsync(delivery, Refused.Late(said), replaceOriginal: false, cancellationToken);
    }

    private async Task<SlackAnswer> RequestAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var draft = FormState.RequestOf(delivery.Payload.At("view"));
        var who = await people.ResolveAsync(delivery, "request.submit", Assurance.Known, cancellationToken);
        if (who.Refusal is { } stranger)
            return await ErrorsAsync(delivery, RequestView.Entitlement, stranger, cancellationToken);
        if (draft.Faults.Count > 0)
            return await FinishAsync(delivery, Errors(draft.Faults), cancellationToken);
        var reply = await chat.AskAsync(who.Value!, draft, (session, _, token) => inbox.FinishAsync(session, delivery.Id, null, token), cancellationToken);
        if (reply.Refusal is null)
            return SlackAnswer.Empty;

        // Every fault at once, each at its field; the analysis is the one that refused.
        var all = DraftRequest.FaultsOf(chat.FaultsOf(who.Value!, draft).Prepend(reply.Refusal));
        return await FinishAsync(delivery, Errors(all), cancellationToken);
    }

    private async Task<SlackAnswer> DenyAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var view = delivery.Payload.At("view");
        var who = await people.ResolveAsync(delivery, "request.decide", Assurance.Certain, cancellationToken);
        if (who.Refusal is { } stranger)
            return await ErrorsAsync(delivery, DenyForm.Reason, stranger, cancellationToken);
        var (requestId, reason) = (view.Text("private_metadata") ?? "", FormState.Text(view, DenyForm.Reason) ?? "");
        var reply = await chat.DenyAsync(who.Value!, requestId, reason, (session, _, token) => inbox.FinishAsync(session, delivery.Id, null, token), cancellationToken);
        return reply.Refusal is { } refusal ? await ErrorsAsync(delivery, DenyForm.Reason, refusal, cancellationToken) : SlackAnswer.Empty;
    }

    private async Task<SlackAnswer> ApproveForLessAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var view = delivery.Payload.At("view");
        var who = await people.ResolveAsync(delivery, "request.decide", Assurance.Certain, cancellationToken);
        if (who.Refusal is { } stranger)
            return await ErrorsAsync(delivery, ApproveLessForm.Duration, stranger, cancellationToken);
        var (requestId, typed) = (view.Text("private_metadata") ?? "", ApproveLessForm.Entered(view));
        var reply = await chat.ApproveForLessAsync(who.Value!, requestId, typed, (session, _, token) => inbox.FinishAsync(session, delivery.Id, null, token), cancellationToken);
        return reply.Refusal is { } refusal ? await ErrorsAsync(delivery, ApproveLessForm.Duration, refusal, cancellationToken) : SlackAnswer.Empty;
    }

    private async Task<SlackAnswer> TakeAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var who = await people.ResolveAsync(delivery, "request.break_glass", Assurance.Certain, cancellationToken);
        if (who.Refusal is { } stranger)
            return await ErrorsAsync(delivery, EmergencyForm.Entitlement, stranger, cancellationToken);
        var (draft, typed) = BreakGlassForm.Entered(delivery.Payload.At("view"));
        var (faults, taken) = await emergencies.TakeAsync(who.Value!, draft, typed, (session, _, token) => inbox.FinishAsync(session, delivery.Id, null, token), cancellationToken);
        return taken is null ? await FinishAsync(delivery, Errors(faults), cancellationToken) : SlackAnswer.Empty;
    }

    private async Task<SlackAnswer> ReviewAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        var who = await people.ResolveAsync(delivery, "grant.review", Assurance.Certain, cancellationToken);
        if (who.Refusal is { } stranger)
            return await ErrorsAsync(delivery, ReviewForm.Comment, stranger, cancellationToken);
        var order = ReviewForm.Entered(delivery.Payload.At("view"));
        var reply = await emergencies.ReviewAsync(who.Value!, order, (session, _, token) => inbox.FinishAsync(session, delivery.Id, null, token), cancellationToken);
        return reply.Refusal is { } refusal
            ? await ErrorsAsync(delivery, refusal.Field == ReviewForm.Verdict ? ReviewForm.Verdict : ReviewForm.Comment, refusal, cancellationToken)
            : SlackAnswer.Empty;
    }

    private Task<SlackAnswer> ErrorsAsync(SlackDelivery delivery, string block, Refusal refusal, CancellationToken cancellationToken) =>
        FinishAsync(delivery, Errors(new Dictionary<string, string>(StringComparer.Ordinal) { [block] = refusal.Text }), cancellationToken);

    private static string Errors(IReadOnlyDictionary<string, string> faults) => SlackJson.Write(new JsonObject
    {
        ["response_action"] = "errors",
        ["errors"] = new JsonObject(faults.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, Cut.To(Clean.Line(f.Value), Limits.FieldError)))),
    });

    private async Task<SlackAnswer> FinishAsync(SlackDelivery delivery, string? answer, CancellationToken cancellationToken)
    {
        await database.WriteAsync(session => inbox.FinishAsync(session, delivery.Id, answer, cancellationToken), cancellationToken);
        return new SlackAnswer(200, answer);
    }

    /// <summary>The form stays open with what was typed, so it is not worked on again by itself: the person decides.</summary>
    private async Task<SlackAnswer> BrokenAsync(SlackDelivery delivery, string reference, CancellationToken cancellationToken)
    {
        var block = delivery.Payload.Text("view", "callback_id") switch
        {
            DenyForm.CallbackId => DenyForm.Reason,
            ApproveLessForm.CallbackId => ApproveLessForm.Duration,
            BreakGlassForm.CallbackId => EmergencyForm.Entitlement,
            ReviewForm.CallbackId => ReviewForm.Comment,
            _ => RequestView.Entitlement,
        };
        var answer = Errors(new Dictionary<string, string>(StringComparer.Ordinal) { [block] = Refused.Broken(reference).Summary.ToString() });
        try
        {
            await database.WriteAsync(session => inbox.FinishAsync(session, delivery.Id, answer, cancellationToken), cancellationToken);
        }
        catch (DatabaseUnavailableException e)
        {
            LogUnrecorded(log, delivery.Id, e);
        }

        return new SlackAnswer(200, answer);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Submission {DeliveryId} failed, ref {Reference}")]
    private static partial void LogFailed(ILogger log, string deliveryId, string reference, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to submission {DeliveryId} could not be recorded")]
    private static partial void LogUnrecorded(ILogger log, string deliveryId, Exception exception);
}
