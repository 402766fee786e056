using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>
/// A modal was submitted: checked and done within the call, and its answer stored in the transaction of the effect, so that a redelivery gets the same one.
/// Faults come back at their fields and keep the input.
/// </summary>
internal sealed partial class SlackSubmissions(
    SubmitForms forms, SlackPeople people, PrivateAnswers answers, Database database, InboxStore inbox, TimeProvider clock, ILogger<SlackSubmissions> log)
{
    public async Task<SlackAnswer> AnswerAsync(SlackDelivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(delivery, delivery.Payload.Text("view", "callback_id") ?? "", cancellationToken);
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

    private async Task<SlackAnswer> SendAsync(SlackDelivery delivery, string form, CancellationToken cancellationToken)
    {
        var view = delivery.Payload.At("view");
        var who = await people.ResolveAsync(delivery, SubmitForms.AttemptOf(form), SubmitForms.Decides(form) ? Assurance.Certain : Assurance.Known, cancellationToken);
        if (who.Refusal is { } stranger)
            return await FinishAsync(delivery, Errors(FormSent.At(SubmitForms.FieldOf(form), stranger.Text).Faults), cancellationToken);
        var sent = await forms.HandleAsync(who.Value!, form, view.Text("private_metadata") ?? "", FormState.Of(view), (session, token) => inbox.FinishAsync(session, delivery.Id, null, token), cancellationToken);
        if (sent is { Faults.Count: > 0 })
            return await FinishAsync(delivery, Errors(sent.Faults), cancellationToken);
        return sent is null ? await FinishAsync(delivery, null, cancellationToken) : SlackAnswer.Empty;
    }

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
        var field = SubmitForms.FieldOf(delivery.Payload.Text("view", "callback_id") ?? "");
        var answer = Errors(FormSent.At(field, Refused.Broken(reference).Summary.ToString()).Faults);
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
