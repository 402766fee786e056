using System.CommandLine;
using JitBroker.Cli.Collecting;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit psql</c>: psql, signed in by a freshly collected credential in its environment.</summary>
internal static class PsqlCommand
{
    private const string Psql = "psql";

    internal static Verb Create(Runner run)
    {
        var grant = new Argument<string>("GRANT") { Description = "An id, the first 6 or more of it, or an entitlement with one live grant." };
        var more = new Argument<string[]>("ARGS") { Description = "More arguments for psql, after --.", Arity = ArgumentArity.ZeroOrMore };
        return new Verb("psql", "Open psql with a credential of a PostgreSQL grant.", "jit psql orders-db:read", "jit psql orders-db:read -- -c 'select count(*) from orders'") { grant, more }
            .Does(run, invocation => ActAsync(invocation, invocation.Get(grant)!, invocation.Get(more) ?? []));
    }

    private static async Task<int> ActAsync(Invocation run, string grant, string[] more)
    {
        if (run.Around.Children.Exists(Psql, run.Around.Environment("PATH"), run.Around.WorkingDirectory))
            return await Delivered.RunAsync(run, grant, CredentialKinds.Postgres, Psql, more);
        run.Screen.Complain("usage", "psql is not on this machine's PATH; nothing was collected.", "install it (Debian: apt-get install postgresql-client, macOS: brew install libpq)");
        run.Screen.NextLine($"or jit creds {grant} --format uri for another client");
        return Exits.CommandNotFound;
    }
}
