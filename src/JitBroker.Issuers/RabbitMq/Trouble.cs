using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using JitBroker.Issuing;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>What went wrong at a server, in a sentence. Never what was sent: it may be what must not be shown.</summary>
internal static class Trouble
{
    /// <summary>Whether this is trouble that a server or the way to it can make; anything else is a bug.</summary>
    public static bool IsExpected(Exception e) => e is HttpRequestException or TimeoutException or IOException or UnexpectedAnswerException;

    /// <summary>Whether it may be otherwise in a moment.</summary>
    public static bool IsPassing(Exception e) =>
        e is not UnexpectedAnswerException answer || (int)answer.Status >= 500 || answer.Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or HttpStatusCode.Unauthorized;

    public static Obstacle ObstacleOf(Exception e) => e switch
    {
        UnexpectedAnswerException { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or (>= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest) } => Obstacle.Denied,
        UnexpectedAnswerException { Status: HttpStatusCode.TooManyRequests } => Obstacle.Throttled,
        UnexpectedAnswerException { Status: HttpStatusCode.Conflict } => Obstacle.Conflict,
        UnexpectedAnswerException { Status: HttpStatusCode.InternalServerError or < HttpStatusCode.InternalServerError } => Obstacle.Unfinished,
        _ => Obstacle.Away,
    };

    /// <param name="doing">What was tried, e.g. <c>making user jit-x</c>.</param>
    public static string Of(RabbitMqTarget target, string doing, Exception e) => e switch
    {
        UnexpectedAnswerException { Status: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden } answer =>
            $"{target} does not let the broker in while {doing} ({(int)answer.Status}): {target.Reference} is not right there any more, or its user is no administrator.",
        UnexpectedAnswerException { Status: >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest } answer =>
            $"{target} sent the broker elsewhere while {doing} ({(int)answer.Status}), and the broker does not go: the catalog has to name the management API itself.",
        UnexpectedAnswerException answer => $"{target} refused {doing} ({(int)answer.Status}{(answer.Reason is null ? "" : $": {answer.Reason}")}).",
        _ when Find<SocketException>(e) is { } socket => $"{target} cannot be reached while {doing} ({socket.SocketErrorCode}).",
        _ when Find<AuthenticationException>(e) is not null => $"{target} has no certificate that the broker trusts, met while {doing}.",
        TimeoutException => $"{target} did not answer in time while {doing}.",
        HttpRequestException http => $"The connection to {target} broke while {doing} ({http.HttpRequestError}).",
        _ => $"The connection to {target} broke while {doing} ({e.GetType().Name}).",
    };

    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e.InnerException)
            if (e is T found)
                return found;
        return null;
    }
}
