using JitBroker.Grants;
using JitBroker.People.SignIn;
using JitBroker.Requests;
using Microsoft.Extensions.Logging;

namespace JitBroker.People;

/// <summary>
/// Ends what people and groups as they are now do not carry any more: sessions of those who are gone, their requests that wait, grants of those who may not have them;
/// and has the cards of what waits say whose votes count. Idempotent; any number of replicas may do it at once.
/// </summary>
public sealed partial class TakeAway(EndInactiveSessions sessions, EndDueGrants grants, LapseRequests requests, ILogger<TakeAway> log)
{
    public async Task HandleAsync(CancellationToken cancellationToken)
    {
        var signedOut = await sessions.RunAsync(cancellationToken);
        var ended = await grants.ConformAsync(cancellationToken);
        var settled = await requests.ConformAsync(cancellationToken);
        await requests.RecountAsync(cancellationToken);
        if (signedOut + ended + settled > 0)
            LogTaken(log, signedOut, ended, settled);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "People left or lost groups: {Sessions} sessions, {Grants} grants and {Requests} pending requests end")]
    private static partial void LogTaken(ILogger log, int sessions, int grants, int requests);
}
