using System.Net;

namespace JitBroker.Client;

/// <summary>A call that succeeded.</summary>
/// <param name="Value">The reply's record.</param>
/// <param name="Body">The bytes as the broker sent them, for whoever must hand them on unchanged.</param>
/// <param name="Status">The HTTP status: it tells 202 (ending) from 200 (had ended).</param>
/// <param name="ServerTime">The broker's <c>Date</c>, whole seconds, or null when it sent none.</param>
public sealed record BrokerReply<T>(T Value, ReadOnlyMemory<byte> Body, HttpStatusCode Status, DateTimeOffset? ServerTime);

/// <summary>The broker said no, and why.</summary>
public sealed class BrokerRefusedException : Exception
{
    /// <summary>A refusal with the problem as read, the reply's bytes, and how long to wait before trying again, if the broker said so.</summary>
    public BrokerRefusedException(Problem problem, ReadOnlyMemory<byte> body = default, TimeSpan? retryAfter = null)
        : base($"{problem.Code}: {problem.Detail ?? problem.Title}")
    {
        Problem = problem;
        Body = body;
        RetryAfter = retryAfter;
    }

    /// <summary>The problem details; <see cref="Problem.Code"/> is never null here.</summary>
    public Problem Problem { get; }

    /// <summary>The stable code.</summary>
    public string Code => Problem.Code!;

    /// <summary>The reply's bytes as sent; empty when the refusal was made on this side.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>From <c>Retry-After</c>, or null.</summary>
    public TimeSpan? RetryAfter { get; }
}

/// <summary>No answer of the broker's: no connection, a timeout, or something else answered in its place. A call with an Idempotency-Key may be sent again with the same key.</summary>
public sealed class BrokerUnreachableException : Exception
{
    /// <summary>Says what happened, in a sentence.</summary>
    public BrokerUnreachableException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
