using JitBroker.Bots.Chat;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Teams;

/// <summary>A private answer as it stands in somebody's chat.</summary>
internal sealed record TeamsSaid(TeamsPlace Place, string Message);

/// <summary>
/// Tells one person something where only they see it: in their own chat with the bot, or, when they acted in a channel, in that chat all the same. Who has none is told in the channel to open
/// one, and nothing else.
/// </summary>
internal sealed partial class TeamsReplies(TeamsDirects directs, TeamsCalls calls, TimeProvider clock, ILogger<TeamsReplies> log)
{
    private const int Rounds = 6;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    public Task<TeamsSaid?> SayAsync(TeamsActivity activity, ChatMessage message, CancellationToken cancellationToken) => SayAsync(activity, message, card: null, cancellationToken);

    /// <param name="card">One of <see cref="CardNames"/>: shown anew after a press on it; null: none.</param>
    public Task<TeamsSaid?> SayAsync(TeamsActivity activity, ChatMessage message, string? card, CancellationToken cancellationToken)
    {
        var view = CardView.InPerson(card is null ? null : new CardOrigin(card, ChatActions.Nothing));
        return SayAsync(activity, TeamsMessage.Of(message, view), cancellationToken);
    }

    /// <returns>Null: it could not be told, or not in private.</returns>
    public async Task<TeamsSaid?> SayAsync(TeamsActivity activity, TeamsMessage said, CancellationToken cancellationToken)
    {
        TeamsPlace? place = null;
        var reply = await UntilHeardAsync(
            async () =>
            {
                (place, var told) = await TryAsync(activity, said, cancellationToken);
                return told;
            },
            cancellationToken);
        if (reply is not TeamsReply.Ok ok)
        {
            LogUnsaid(log, activity.DeliveryId);
            return null;
        }

        return place is not null && ok.Body.Text("id") is { Length: > 0 } id ? new TeamsSaid(place, id) : null;
    }

    /// <summary>Puts another message in the place of an answer; where there is none any more, or never was, it is told anew.</summary>
    public async Task AmendAsync(TeamsActivity activity, TeamsSaid? said, ChatMessage now, CancellationToken cancellationToken)
    {
        if (said is null || await UntilHeardAsync(() => calls.EditAsync(said.Place, said.Message, TeamsMessage.Of(now, CardView.InPerson()), cancellationToken), cancellationToken) is not TeamsReply.Ok)
            await SayAsync(activity, now, cancellationToken);
    }

    /// <summary>Teams is slow or stumbles: told late or twice is better than not told.</summary>
    private async Task<TeamsReply> UntilHeardAsync(Func<Task<TeamsReply>> call, CancellationToken cancellationToken)
    {
        for (var round = 1; ; round++)
        {
            var reply = await call();
            if (reply is TeamsReply.Ok or TeamsReply.Refused || round == Rounds)
                return reply;
            var pause = reply is TeamsReply.RateLimited { After: var after } && after > Pause * round ? after : Pause * round;
            await Task.Delay(pause < LongestPause ? pause : LongestPause, clock, cancellationToken);
        }
    }

    /// <summary>One way after the other; where it stands, if it does in private, and how the last way went.</summary>
    private async Task<(TeamsPlace? Place, TeamsReply Reply)> TryAsync(TeamsActivity activity, TeamsMessage message, CancellationToken cancellationToken)
    {
        var here = new TeamsPlace(activity.TenantId, new Uri(activity.ServiceUrl), activity.Conversation.Id);
        if (activity.Conversation.IsPersonal)
            return (here, await calls.PostAsync(here, message, Urgency.Answer, cancellationToken));
        var (place, reply) = await directs.PostAsync(activity.TenantId, here.Service, activity.From, message, Urgency.Answer, cancellationToken);
        if (reply is not TeamsReply.Refused { IsUnreachable: true })
            return (place, reply);
        var hint = new TeamsMessage("I can only answer you in private. Add this app for yourself, or open a chat with it, and try again there.", Card: null);
        return (null, await calls.PostAsync(here, hint, Urgency.Answer, cancellationToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The person behind activity {DeliveryId} could not be told what came of it")]
    private static partial void LogUnsaid(ILogger log, string deliveryId);
}
