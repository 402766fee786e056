using JitBroker.Cli.State;
using JitBroker.Client;

namespace JitBroker.Cli.Running;

/// <summary>What a call needs of its session.</summary>
internal enum SessionUse
{
    /// <summary>Asking, collecting, ending one's own.</summary>
    Ask,

    /// <summary>Deciding.</summary>
    Decide,

    /// <summary>Ending another's access: the stronger session if there is one.</summary>
    EndOther,
}

/// <summary>Picks a stored session. One that may decide may also ask, never the other way round.</summary>
internal static class SessionChoice
{
    internal static string Token(SessionStore sessions, Uri broker, SessionUse use, DateTimeOffset now)
    {
        var ask = Live(sessions.Find(broker, SessionScope.Ask), now);
        var decide = Live(sessions.Find(broker, SessionScope.Decide), now);
        var chosen = use switch
        {
            SessionUse.Ask => ask ?? decide,
            SessionUse.Decide => decide,
            SessionUse.EndOther => decide ?? ask,
            _ => throw new ArgumentOutOfRangeException(nameof(use)),
        };
        return chosen?.Token ?? throw Missing(sessions, broker, use, ask is not null);
    }

    private static StoredSession? Live(StoredSession? session, DateTimeOffset now) => session is not null && session.EndsAt > now ? session : null;

    private static RefusedHereException Missing(SessionStore sessions, Uri broker, SessionUse use, bool mayAsk)
    {
        if (use is not SessionUse.Decide)
        {
            var had = sessions.Find(broker, SessionScope.Ask) ?? sessions.Find(broker, SessionScope.Decide);
            return new RefusedHereException(Codes.Unauthenticated, had is null ? $"You are not signed in to {broker.Authority}." : $"Your session at {broker.Authority} has ended.", "jit login");
        }

        var sentence = sessions.Find(broker, SessionScope.Decide) is null
            ? "This needs a session that may decide; it lasts 15 minutes."
            : "Your session that may decide has ended; it lasts 15 minutes.";
        return new RefusedHereException(mayAsk ? Codes.ScopeNeeded : Codes.Unauthenticated, sentence, "jit login --can-decide");
    }
}
