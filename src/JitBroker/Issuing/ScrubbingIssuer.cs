using Microsoft.Extensions.Logging;

namespace JitBroker.Issuing;

/// <summary>
/// An issuer whose words cannot carry a secret: what it says is cleaned, and an exception, which may quote what was sent, ends here. Of it the log gets the types
/// and the places it came through, and people its type.
/// </summary>
internal sealed partial class ScrubbingIssuer(IIssuer inner, Scrubber scrubber, ILogger log) : IIssuer
{
    public string Kind => inner.Kind;

    public Revocability RevocabilityOf(IssueOrder order) => inner.RevocabilityOf(order);

    public MintPlan Plan(IssueOrder order) => inner.Plan(order);

    public async Task<MintOutcome> MintAsync(IssueOrder order, MintPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.MintAsync(order, plan, cancellationToken) switch
            {
                MintOutcome.Refused refused => refused with { Why = scrubber.Clean(refused.Why, order.Settings) },
                MintOutcome.Unavailable away => away with { Why = scrubber.Clean(away.Why, order.Settings) },
                var minted => minted,
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return new MintOutcome.Unavailable(Told(order.Issuer, "mint", e));
        }
    }

    public async Task<EndOutcome> EndAsync(RevocationHandle handle, CancellationToken cancellationToken)
    {
        try
        {
            var outcome = await inner.EndAsync(handle, cancellationToken);
            return outcome is EndOutcome.Failed failed ? failed with { Why = scrubber.Clean(failed.Why, handle.Data) } : outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return new EndOutcome.Failed(Told(handle.Target, "end", e), Obstacle.Away);
        }
    }

    private string Told(string target, string doing, Exception exception)
    {
        LogFailed(log, Kind, doing, Types(exception), exception.StackTrace);
        return exception is TimeoutException or OperationCanceledException
            ? $"{target} did not answer in time."
            : $"{target} failed ({exception.GetType().Name}).";
    }

    private static string Types(Exception? exception)
    {
        List<string> types = [];
        for (; exception is not null; exception = exception.InnerException)
            types.Add(exception.GetType().Name);
        return string.Join(" < ", types);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An issuer of kind {Kind} failed to {Doing}: {Types}\n{Places}")]
    private static partial void LogFailed(ILogger log, string kind, string doing, string types, string? places);
}
