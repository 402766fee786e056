using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.State;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit logout</c>: ends the sessions at the broker first, then forgets them here; what the broker could not be told is kept.</summary>
internal static class LogoutCommand
{
    internal static Verb Create(Runner run)
    {
        var all = new Option<bool>("--all") { Description = "End every session of yours, on every machine." };
        return new Verb("logout", "Sign out: ends this machine's sessions at the broker.", "jit logout", "jit logout --all") { all }
            .Does(run, invocation => ActAsync(invocation, invocation.Get(all)));
    }

    private static async Task<int> ActAsync(Invocation run, bool all)
    {
        var stored = Stored(run);
        var tokens = run.GivenToken is { } given ? [given] : stored.Select(session => session.Token).ToList();
        if (tokens.Count == 0)
            throw new RefusedHereException(Codes.Unauthenticated, $"You are not signed in to {run.Broker.Authority}.");
        var ended = 0;
        foreach (var token in tokens)
        {
            ended += await EndAsync(run, token, all);
            new CredentialCache(run.Sessions.State, run.Broker, token).ForgetAll();
        }

        foreach (var session in stored.Where(session => tokens.Contains(session.Token, StringComparer.Ordinal)))
            run.Sessions.Forget(run.Broker, session.Scope);
        if (!run.Json)
            run.Screen.Line(Piece.Ours(ended switch { 0 => "Signed out; the session had ended already.", 1 => "Signed out.", _ => $"Signed out; {ended} sessions ended." }));
        return Exits.Done;
    }

    private static List<StoredSession> Stored(Invocation run) =>
        [.. new[] { SessionScope.Ask, SessionScope.Decide }.Select(scope => run.Sessions.Find(run.Broker, scope)).OfType<StoredSession>()];

    private static async Task<int> EndAsync(Invocation run, string token, bool all)
    {
        var broker = run.Client(token);
        try
        {
            var sessions = (await broker.GetMeAsync(run.Cancel)).Value.Sessions;
            // Its own last: it is the one that ends the others.
            var doomed = sessions.Where(session => all || session.Current).OrderBy(session => session.Current).ToList();
            foreach (var session in doomed)
                await broker.EndSessionAsync(session.Id, run.Cancel);
            return doomed.Count;
        }
        catch (BrokerRefusedException refused) when (refused.Code == Codes.Unauthenticated)
        {
            // It had ended, or an earlier turn of --all ended it: signed out is what was asked for.
            return 0;
        }
    }
}
