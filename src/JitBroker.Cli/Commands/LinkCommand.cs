using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit link</c>: links a chat account that nobody has yet to whoever is signed in here.</summary>
internal static class LinkCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    internal static Verb Create(Runner run)
    {
        var code = new Argument<string?>("CODE") { Description = "The code that the other account shows; without one, a code is shown here.", Arity = ArgumentArity.ZeroOrOne };
        var yes = new Option<bool>("--yes") { Description = "Confirm without asking. Only where you alone can have typed the code." };
        return new Verb("link", "Link another chat account of yours: the code is typed there, you confirm here.", "jit link", "jit link BCDF-GHJK") { code, yes }.Does(run, invocation => ActAsync(invocation, invocation.Get(code), invocation.Get(yes)));
    }

    private static async Task<int> ActAsync(Invocation run, string? code, bool yes)
    {
        var broker = run.For(SessionUse.Decide);
        var link = (await broker.LinkAsync(new LinkBody { Code = code }, run.Cancel)).Value;
        if (link.Code is { } shown)
            run.Screen.ErrorLine($"At your other account, type: /access link {shown}");
        while (link.State == "shown" && run.Around.Clock.GetUtcNow() < link.ExpiresAt)
        {
            run.Screen.Live($"Waiting for the code to be typed… {Times.Rough(link.ExpiresAt - run.Around.Clock.GetUtcNow())} left");
            await run.DelayAsync(Interval);
            link = (await broker.GetLinkAsync(link.Id, run.Cancel)).Value;
        }

        run.Screen.Live(null);
        if (link.State != "typed")
            return Over(run, link.State == "shown" ? "The code has expired; nothing was linked." : $"It was answered elsewhere: {link.State}.", link.State == "linked");
        var asked = yes || await AskAsync(run, link);
        var answered = await broker.AnswerLinkAsync(link.Id, new LinkAnswerBody { Confirm = asked }, run.Cancel);
        if (run.Json)
            run.Screen.Json(answered.Body);
        else
            run.Screen.Line(Piece.Ours(asked ? "Linked: " : "Refused: "), new Piece(link.Account ?? "", Tone.Strong), Piece.Ours(asked ? " is you from now on." : " was not linked."));
        return asked ? Exits.Done : Exits.Refused;
    }

    private static async Task<bool> AskAsync(Invocation run, LinkResource link)
    {
        run.Screen.ErrorLine($"{link.Account} ({link.Label}) typed the code at {(link.TypedAt is { } at ? run.Times.Both(at) : "?")}. It would ask, decide and collect as you.");
        run.Screen.ErrorLine("Is it yours? Type yes to link it:");
        return (await run.Around.Input.ReadLineAsync(run.Cancel))?.Trim() is "yes" or "y";
    }

    private static int Over(Invocation run, string sentence, bool isLinked)
    {
        run.Screen.ErrorLine(sentence);
        return isLinked ? Exits.Done : Exits.Refused;
    }
}
