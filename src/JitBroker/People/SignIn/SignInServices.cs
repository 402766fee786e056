using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.People.SignIn;

/// <summary>Registration of sign-in and sessions.</summary>
internal static class SignInServices
{
    public static IServiceCollection AddSignIn(this IServiceCollection services) =>
        services
            .AddSingleton<SignInStore>()
            .AddSingleton<SessionStore>()
            .AddSingleton<StartSignIn>()
            .AddSingleton<ShowSignIn>()
            .AddSingleton<AnswerSignIn>()
            .AddSingleton<RedeemSignIn>()
            .AddSingleton<Sessions>()
            .AddSingleton<EndSession>()
            .AddSingleton<EndInactiveSessions>()
            .AddSingleton<ISweep, SignInPruneSweep>();
}

/// <summary>Removes sign-ins and misses that mean nothing any more, and sessions long after their end.</summary>
internal sealed class SignInPruneSweep(Database database, SignInStore signIns, SessionStore sessions, TimeProvider clock) : ISweep
{
    /// <summary>A poll a little late still hears <c>expired_token</c>; a miss counts for twice ten minutes at most.</summary>
    public static readonly TimeSpan SignInsKeptFor = TimeSpan.FromMinutes(20);

    /// <summary><b>Not me</b> works that long after the session's end.</summary>
    public static readonly TimeSpan SessionsKeptFor = TimeSpan.FromDays(30);

    public Sweep Sweep => Sweep.Prune;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await database.PruneAsync((session, limit) => signIns.PruneAsync(session, now - SignInsKeptFor, limit, cancellationToken), cancellationToken);
        await database.PruneAsync((session, limit) => signIns.PruneMissesAsync(session, now - SignInsKeptFor, limit, cancellationToken), cancellationToken);
        await database.PruneAsync((session, limit) => sessions.PruneAsync(session, now - SessionsKeptFor, limit, cancellationToken), cancellationToken);
    }
}
