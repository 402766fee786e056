using System.CommandLine;
using JitBroker.Cli.Collecting;
using JitBroker.Cli.Running;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit exec</c>: collects a credential into the environment of one command. Nothing secret is in its arguments.</summary>
internal static class ExecCommand
{
    internal static Verb Create(Runner run)
    {
        var grant = new Argument<string>("GRANT") { Description = "An id, the first 6 or more of it, or an entitlement with one live grant." };
        var command = new Argument<string[]>("CMD") { Description = "The command and its arguments, after --.", Arity = ArgumentArity.OneOrMore };
        return new Verb("exec", "Run a command with a credential in its environment (PG*, AWS_*, AMQP_URL, KAFKA_*, JIT_ACCESS_TOKEN).",
            "jit exec orders-db:read -- pg_dump --schema-only", "jit exec payments-logs:read -- sh -c 'curl -H \"Authorization: Bearer $JIT_ACCESS_TOKEN\" https://logs.example'") { grant, command }
            .Does(run, invocation => ActAsync(invocation, invocation.Get(grant)!, invocation.Get(command)!));
    }

    private static async Task<int> ActAsync(Invocation run, string grant, string[] command)
    {
        // Before anything is minted: a credential for a command that is not there would live for nothing.
        if (!run.Around.Children.Exists(command[0], run.Around.Environment("PATH"), run.Around.WorkingDirectory))
        {
            run.Screen.Complain("usage", $"There is no command '{command[0]}'.", null);
            return Exits.CommandNotFound;
        }

        return await Delivered.RunAsync(run, grant, kind: null, command[0], command[1..]);
    }
}
