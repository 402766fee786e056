using System.CommandLine;
using JitBroker.Cli.Collecting;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit creds</c>: collects a credential and prints it, on standard output alone.</summary>
internal static class CredsCommand
{
    internal static Verb Create(Runner run)
    {
        var grant = new Argument<string>("GRANT") { Description = "An id, the first 6 or more of it, or an entitlement with one live grant." };
        var format = new Option<string?>("--format") { Description = $"How to print it: {string.Join(", ", CredentialFormats.Names)}. Left out: in words.", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong([.. CredentialFormats.Names]);
        return new Verb("creds", "Collect a credential; each call mints a new one.",
            "jit creds orders-db:read", "eval \"$(jit creds orders-db:read --format env)\"", "jit creds payments-logs:read --format token") { grant, format }
            .Does(run, invocation => ActAsync(invocation, invocation.Get(grant)!, invocation.Json ? "json" : invocation.Get(format)));
    }

    private static async Task<int> ActAsync(Invocation run, string text, string? format)
    {
        var broker = run.For(SessionUse.Ask);
        var id = await Grants.MineAsync(run, broker, text);
        var reply = await broker.CollectAsync(id, run.Cancel);
        if (format == "json")
            run.Screen.Json(reply.Body);
        else if (format is not null)
            run.Screen.Exact(CredentialFormats.Print(reply.Value, format));
        else
            Show(run, reply.Value);
        return Exits.Done;
    }

    private static void Show(Invocation run, CredentialEnvelope envelope)
    {
        var grid = new Grid("", new Column("", Whole: true));
        foreach (var (name, value) in CredentialFormats.Fields(envelope))
            grid.Add(new Piece(name, Tone.Dim), value);
        grid.Add(new Piece("expires", Tone.Dim), run.Times.Both(envelope.ExpiresAt));
        run.Screen.Table(grid);
        run.Screen.Hint("jit exec GRANT -- CMD hands it to a command without showing it.");
    }
}
