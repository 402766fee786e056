using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Takes an accepted activity: a message is one inbox row, unique by its id and conversation, before the 200, and is worked on after it. An invoke is answered in its call, from memory and the
/// database, and its answer kept, so that a redelivery has no second effect and gets the same one.
/// </summary>
internal sealed partial class TeamsInbox(
    Database database, InboxStore inbox, TeamsWork work, ITeamsActing acting, TeamsReferences references, Replica replica, TimeProvider clock, ILogger<TeamsInbox> log)
{
    private static readonly TimeSpan TwinPatience = TimeSpan.FromSeconds(2);

    public async Task<TeamsAnswer> ReceiveAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        try
        {
            switch (activity.Type)
            {
                case TeamsActivity.Message:
                    if (await StoreAsync(activity, cancellationToken))
                        work.Post(activity);
                    return TeamsAnswer.Empty;
                case TeamsActivity.Invoke:
                    return await InvokeAsync(activity, cancellationToken);
                case TeamsActivity.Installation or TeamsActivity.Members:
                    await references.MovedAsync(activity, cancellationToken);
                    return TeamsAnswer.Empty;
                default:
                    return TeamsAnswer.Empty;
            }
        }
        catch (DatabaseUnavailableException e)
        {
            // Nothing was kept, so nothing is acknowledged: Teams tells the person, or tries again.
            LogLost(log, activity.Type, e);
            return new TeamsAnswer(503, null);
        }
    }

    private async Task<TeamsAnswer> InvokeAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        if (!TeamsInvokes.AreKnown(activity.Name))
            return new TeamsAnswer(501, null);
        if (!TeamsInvokes.MayHaveAnEffect(activity))
            return await AnswerAsync(activity, cancellationToken);
        if (!await StoreAsync(activity, cancellationToken))
            return await TwinAsync(activity.DeliveryId, cancellationToken);

        // Whoever pressed may hang up; what was begun is done, and its answer kept.
        var answer = await AnswerAsync(activity, CancellationToken.None);
        await FinishAsync(activity, answer);
        return answer;
    }

    /// <summary>The form or card stays with what was entered, so it is not worked on again by itself: the person decides.</summary>
    private async Task<TeamsAnswer> AnswerAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        try
        {
            return await acting.InvokeAsync(activity, cancellationToken);
        }
        catch (Exception e) when (!(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            var reference = Ids.New(clock.GetUtcNow());
            LogFailed(log, activity.DeliveryId, activity.Name ?? "", reference, e);
            return TeamsInvokes.Broken(activity, reference);
        }
    }

    private async Task FinishAsync(TeamsActivity activity, TeamsAnswer answer)
    {
        try
        {
            await database.WriteAsync(
                async session =>
                {
                    await inbox.FinishAsync(session, activity.DeliveryId, answer.ToStored(), CancellationToken.None);
                    await inbox.AmendAsync(session, activity.DeliveryId, answer.ToStored(), CancellationToken.None);
                },
                CancellationToken.None);
        }
        catch (DatabaseUnavailableException e)
        {
            LogUnrecorded(log, activity.DeliveryId, e);
        }
    }

    /// <returns>False when this activity is known already.</returns>
    private Task<bool> StoreAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        var item = new InboxItem
        {
            Id = activity.DeliveryId,
            Surface = TeamsPeople.SurfaceName,
            Kind = activity.Type,
            Body = activity.Raw.ToJsonString(),
            State = "received",
            ReceivedAt = activity.ReceivedAt,
            NextAttemptAt = activity.ReceivedAt,
        };
        var until = Instants.Truncate(activity.ReceivedAt + Replica.ClaimFor);
        return database.WriteAsync(
            async session =>
            {
                await references.SeeAsync(session, activity, cancellationToken);
                return await inbox.ReceiveAsync(session, item, replica.Id, until, cancellationToken);
            },
            cancellationToken);
    }

    /// <summary>An invoke that came twice gets the first one's answer; while that is still being worked on, it waits for it.</summary>
    private async Task<TeamsAnswer> TwinAsync(string id, CancellationToken cancellationToken)
    {
        var first = await Twins.AnswerAsync(database, inbox, clock, id, TwinPatience, cancellationToken);
        return first is null ? new TeamsAnswer(503, null) : TeamsAnswer.OfStored(first.Answer);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A {Type} could not be stored and was not acknowledged")]
    private static partial void LogLost(ILogger log, string type, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Invoke {DeliveryId} ({Name}) failed, ref {Reference}")]
    private static partial void LogFailed(ILogger log, string deliveryId, string name, string reference, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to invoke {DeliveryId} could not be recorded")]
    private static partial void LogUnrecorded(ILogger log, string deliveryId, Exception exception);
}
