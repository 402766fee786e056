using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Tells one person something where only they see it: in their own chat with the bot, or, when they acted in a channel, in that chat all the same. Who has none is told in the channel to open
/// one, and nothing else.
/// </summary>
internal sealed partial class TeamsReplies(TeamsDirects directs, TeamsCalls calls, TimeProvider clock, ILogger<TeamsReplies> log)
{
    private const int Rounds = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public Task SayAsync(TeamsActivity activity, ChatMessage message, CancellationToken cancellationToken) => SayAsync(activity, message, card: null, cancellationToken);

    /// <param name="card">One of <see cref="CardNames"/>: shown anew after a press on it; null: none.</param>
    public Task SayAsync(TeamsActivity activity, ChatMessage message, string? card, CancellationToken cancellationToken)
    {
        var view = CardView.InPerson(card is null ? null : new CardOrigin(card, ChatActions.Nothing));
        return SayAsync(activity, TeamsMessage.Of(message, view), cancellationToken);
    }

    public async Task SayAsync(TeamsActivity activity, TeamsMessage said, CancellationToken cancellationToken)
    {
        for (var round = 1; round <= Rounds; round++)
        {
            var reply = await TryAsync(activity, said, cancellationToken);
            if (reply is TeamsReply.Ok)
                return;
            if (reply is TeamsReply.Refused || round == Rounds)
                break;

            // Teams is slow or stumbles: told late or twice is better than not told.
            var pause = reply is TeamsReply.RateLimited { After: var after } && after > Pause * round ? after : Pause * round;
            await Task.Delay(pause < LongestPause ? pause : LongestPause, clock, cancellationToken);
        }

        LogUnsaid(log, activity.DeliveryId);
    }

    /// <summary>One way after the other; how the last one went.</summary>
    private async Task<TeamsReply> TryAsync(TeamsActivity activity, TeamsMessage message, CancellationToken cancellationToken)
    {
        var here = new TeamsPlace(activity.TenantId, new Uri(activity.ServiceUrl), activity.Conversation.Id);
        if (activity.Conversation.IsPersonal)
            return await calls.PostAsync(here, message, Urgency.Answer, cancellationToken);
        var reply = await directs.PostAsync(activity.TenantId, here.Service, activity.From, message, Urgency.Answer, cancellationToken);
        if (reply is not TeamsReply.Refused { IsUnreachable: true })
            return reply;
        var hint = new TeamsMessage("I can only answer you in private. Add this app for yourself, or open a chat with it, and try again there.", Card: null);
        return await calls.PostAsync(here, hint, Urgency.Answer, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The person behind activity {DeliveryId} could not be told what came of it")]
    private static partial void LogUnsaid(ILogger log, string deliveryId);
}
