using System.Net.Sockets;
using JitBroker.Issuing;
using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>What went wrong at a server, in a sentence. Never the statement, never PostgreSQL's Detail: both may quote what must not be shown.</summary>
internal static class Trouble
{
    /// <summary>Whether this is trouble that a server or the way to it can make; anything else is a bug.</summary>
    public static bool IsExpected(Exception e) => e is NpgsqlException or TimeoutException or IOException or SocketException;

    /// <summary>Whether it may be otherwise in a moment.</summary>
    public static bool IsPassing(Exception e) => e is not PostgresException refused || refused.SqlState[..2] is "53" or "57" or "58" or "08" or "40" or "55" or "XX";

    /// <summary>PostgreSQL's error codes, appendix A of its manual. XX000 is "tuple concurrently updated".</summary>
    public static Obstacle ObstacleOf(Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } => Obstacle.Denied,
        PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.InternalError } => Obstacle.Conflict,
        PostgresException refused => refused.SqlState[..2] switch
        {
            "28" => Obstacle.Denied,
            "40" => Obstacle.Conflict,
            "53" => Obstacle.Throttled,
            "57" when refused.SqlState != PostgresErrorCodes.QueryCanceled => Obstacle.Away,
            "08" or "58" => Obstacle.Away,
            _ => Obstacle.Unfinished,
        },
        _ => Obstacle.Away,
    };

    /// <param name="doing">What was tried, e.g. <c>making role jit_x</c>.</param>
    public static string Of(PostgresTarget target, string doing, Exception e) => e switch
    {
        PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
            $"{target} does not let the broker in ({((PostgresException)e).SqlState}): {target.Reference} is not right there any more.",
        PostgresException refused => $"{target} refused {doing}: {Message(refused)} ({refused.SqlState}).{Hint(refused.SqlState)}",
        _ when Find<SocketException>(e) is { } socket => $"{target} cannot be reached while {doing} ({socket.SocketErrorCode}).",
        _ when Find<TimeoutException>(e) is not null => $"{target} did not answer in time while {doing}.",
        _ => $"The connection to {target} broke while {doing} ({e.GetType().Name}).",
    };

    /// <summary>A syntax error quotes the statement, which may hold a verifier.</summary>
    private static string Message(PostgresException refused)
    {
        if (refused.SqlState is PostgresErrorCodes.SyntaxError || refused.MessageText.Contains("SCRAM-", StringComparison.Ordinal))
            return "the statement was not understood";
        var text = refused.MessageText.ReplaceLineEndings(" ");
        return text.Length > 200 ? text[..200] + "…" : text;
    }

    private static string Hint(string sqlState) =>
        sqlState == PostgresErrorCodes.InsufficientPrivilege ? " The server's `check` command says what the broker's role lacks." : "";

    private static T? Find<T>(Exception? e)
        where T : Exception
    {
        for (; e is not null; e = e.InnerException)
            if (e is T found)
                return found;
        return null;
    }
}
