using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit whoami</c>.</summary>
internal static class WhoamiCommand
{
    internal static Verb Create(Runner run) =>
        new Verb("whoami", "Who you are to the broker, and which sessions live.", "jit whoami", "jit whoami -o json").Does(run, ActAsync);

    private static async Task<int> ActAsync(Invocation run)
    {
        var me = await run.For(SessionUse.Ask).GetMeAsync(run.Cancel);
        if (run.Json)
            run.Screen.Json(me.Body);
        else
            Show(run, me.Value);
        return Exits.Done;
    }

    private static void Show(Invocation run, MeResource me)
    {
        run.Screen.Line(new Piece(me.Name, Tone.Strong), Piece.Ours("  "), new Piece(me.Email), Piece.Ours("  "), new Piece($"at {run.Broker.Authority}", Tone.Dim));
        var facts = new Grid("", "");
        Fact(facts, "groups", me.Groups);
        Fact(facts, "roles", me.Roles);
        Fact(facts, "accounts", me.Identities.Select(identity => $"{identity.Surface} {identity.Tenant}/{identity.Id}"));
        if (facts.Rows.Count > 0)
            run.Screen.Table(facts);
        run.Screen.Blank();
        var sessions = new Grid(new Column("SESSION", Whole: true), "MAY", "STARTED", "ENDS", "FROM");
        foreach (var session in me.Sessions)
        {
            sessions.Add(new Words(new Piece(session.Id, Tone.Accent), Piece.Ours(session.Current ? " (this one)" : "", Tone.Dim)), May(session.Scope), run.Times.Both(session.StartedAt), run.Times.Both(session.EndsAt),
                string.Join(", says it is ", new[] { session.Address, session.Host }.Where(part => part is not null)));
        }

        run.Screen.Table(sessions);
    }

    private static void Fact(Grid facts, string label, IEnumerable<string> values)
    {
        var text = string.Join(", ", values);
        if (text.Length > 0)
            facts.Add(new Piece(label, Tone.Dim), text);
    }

    private static Words May(SessionScope scope) => scope switch
    {
        SessionScope.Ask => "ask",
        SessionScope.Decide => new Piece("ask and decide", Tone.Warn),
        _ => "?",
    };
}
