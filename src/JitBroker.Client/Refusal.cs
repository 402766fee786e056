using System.Net;
using System.Text.Json;

namespace JitBroker.Client;

/// <summary>Turns an answer that is no success into the exception for it.</summary>
internal static class Refusal
{
    internal static Exception Read(Answer answer, Uri broker)
    {
        if ((int)answer.Status is >= 300 and <= 399)
            return new BrokerUnreachableException($"{broker.Authority} sends callers on to {answer.Location?.ToString() ?? "somewhere else"}; that is not followed with your session. Use the address of the broker itself.");
        if (TryProblem(answer) is { } problem)
            return new BrokerRefusedException(problem, answer.Body, answer.RetryAfter);
        if (answer.Status is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            return new BrokerUnreachableException($"Something in front of {broker.Authority} answered {(int)answer.Status} in the broker's place.");
        var made = new Problem { Status = (int)answer.Status, Code = CodeOf(answer.Status), Detail = $"{broker.Authority} answered {(int)answer.Status} without saying why. Is this the broker's address?" };
        return new BrokerRefusedException(made, answer.Body, answer.RetryAfter);
    }

    private static Problem? TryProblem(Answer answer)
    {
        if (!answer.IsJson)
            return null;
        try
        {
            var problem = JsonSerializer.Deserialize(answer.Body.Span, Wire.Type<Problem>());
            if (problem is null || (problem.Code is null && problem.Title is null && problem.Detail is null))
                return null;
            return problem with { Code = problem.Code ?? CodeOf(answer.Status), Status = problem.Status == 0 ? (int)answer.Status : problem.Status };
        }
        catch (JsonException)
        {
            // Not problem details: the caller then speaks of the bare status.
            return null;
        }
    }

    private static string CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => Codes.Unauthenticated,
        HttpStatusCode.Forbidden => Codes.Forbidden,
        HttpStatusCode.NotFound => Codes.NotFound,
        HttpStatusCode.RequestEntityTooLarge => Codes.TooLarge,
        HttpStatusCode.TooManyRequests => Codes.RateLimited,
        >= HttpStatusCode.InternalServerError => Codes.Unavailable,
        _ => Codes.InvalidRequest,
    };
}
