using System.Net.Sockets;
using Amazon.Runtime;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// What went wrong at AWS, in a sentence. AWS's own message is told only for errors whose message says what is wrong with a policy, a duration or a right;
/// that of a bad signature quotes the request.
/// </summary>
internal static class Trouble
{
    private static readonly string[] Throttled =
        ["Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "SlowDown", "BandwidthLimitExceeded", "PriorRequestNotComplete"];

    private static readonly string[] Keys =
        ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "SignatureDoesNotMatch", "IncompleteSignature", "MissingAuthenticationToken", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"];

    private static readonly string[] Telling = ["ValidationError", "MalformedPolicyDocument", "AccessDenied", "AccessDeniedException", "PackedPolicyTooLarge", "LimitExceeded", "LimitExceededException", "UnmodifiableEntity"];

    /// <summary>Whether this is trouble that AWS or the way to it can make; anything else is a bug.</summary>
    public static bool IsExpected(Exception e, CancellationToken cancellationToken) => e switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        AmazonServiceException or AmazonClientException or IamRefusalException or StrayAnswerException or UnconfirmedException or HttpRequestException or IOException or SocketException or TimeoutException => true,
        _ => false,
    };

    /// <summary>By AWS's codes, as its API models and its documents of common errors have them.</summary>
    public static Obstacle ObstacleOf(Exception e) => CodeOf(e) switch
    {
        null when e is UnconfirmedException => Obstacle.Unfinished,
        null or "" => Obstacle.Away,
        var code when IsThrottling(code) => Obstacle.Throttled,
        var code when IsDenial(code) || Keys.Contains(code, StringComparer.Ordinal) => Obstacle.Denied,
        "ConcurrentModification" or "ConcurrentModificationException" => Obstacle.Conflict,
        _ => StatusOf(e) >= 500 ? Obstacle.Away : Obstacle.Unfinished,
    };

    /// <summary>Whether what was ordered is at fault: the same order will fare no better.</summary>
    public static bool IsOrders(Exception e) => ObstacleOf(e) == Obstacle.Unfinished;

    public static bool IsDenial(string code) => code is "AccessDenied" or "AccessDeniedException" or "UnauthorizedOperation";

    private static bool IsThrottling(string code) => Throttled.Contains(code, StringComparer.Ordinal);

    /// <summary>Null when AWS gave none.</summary>
    public static string? CodeOf(Exception e) => e switch { AmazonServiceException sts => sts.ErrorCode, IamRefusalException iam => iam.Code, _ => null };

    /// <param name="doing">What was tried, e.g. <c>assuming arn:…</c>.</param>
    public static string Of(Uri at, string doing, Exception e)
    {
        var where = at.Authority;
        if (Find<StrayAnswerException>(e) is { } stray)
            return $"The answer of {where} to {doing} is not AWS's: {stray.Message}. Nothing was followed.";
        if (e is UnconfirmedException)
            return $"{where} took {doing}, but {e.Message}.";
        if (CodeOf(e) is { Length: > 0 } code)
            return $"{where} refused {doing} ({code}){Said(code, e)}.{Hint(code, e)}";
        if (StatusOf(e) > 0)
            return $"{where} failed while {doing} (HTTP {StatusOf(e)}).";
        if (Find<SocketException>(e) is { } socket)
            return $"{where} cannot be reached while {doing} ({socket.SocketErrorCode}).";
        return Find<TimeoutException>(e) is not null || Find<OperationCanceledException>(e) is not null
            ? $"{where} did not answer in time while {doing}."
            : $"The connection to {where} broke while {doing} ({e.GetType().Name}).";
    }

    private static int StatusOf(Exception e) => e switch { AmazonServiceException sts => (int)sts.StatusCode, IamRefusalException iam => iam.Status, _ => 0 };

    private static string Said(string code, Exception e)
    {
        if (!Telling.Contains(code, StringComparer.Ordinal))
            return "";
        var text = (e is IamRefusalException iam ? iam.Text : e.Message).ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return text.Length == 0 ? "" : ": " + (text.Length > 240 ? text[..240] + "…" : text);
    }

    private static string Hint(string code, Exception e) => code switch
    {
        "AccessDenied" or "AccessDeniedException" => " The broker's user lacks the right, or the role's trust policy does not let it in, or there is no such role; the server's `check` command says which.",
        "ValidationError" when e.Message.Contains("MaxSessionDuration", StringComparison.Ordinal) => " Raise the role's maximum session duration, or lower grants.session.",
        "PackedPolicyTooLarge" => " Shorten grants.policy, or name fewer policyArns.",
        "RegionDisabledException" => " STS is not active in that region of the account.",
        "LimitExceeded" or "LimitExceededException" => " The role's own inline policies leave no room; move them into managed policies.",
        _ when Keys.Contains(code, StringComparer.Ordinal) => " The broker's own access key is not right there any more.",
        _ when IsThrottling(code) => " AWS asks to slow down.",
        _ => "",
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
