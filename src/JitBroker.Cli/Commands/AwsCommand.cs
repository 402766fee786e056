using System.CommandLine;
using JitBroker.Cli.Collecting;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>
/// <c>jit aws</c>: AWS's <c>credential_process</c>. Nothing but the credential goes to standard output; a refusal goes to standard error, which AWS's tools show.
/// </summary>
internal static class AwsCommand
{
    private const string Process = "process";
    private const string Config = "config";

    internal static Verb Create(Runner run)
    {
        var entitlement = new Argument<string>("ENTITLEMENT") { Description = "What you hold, as jit list names it, or the grant's id." };
        var format = new Option<string?>("--format") { Description = "process (for credential_process, the default), env (lines for a shell), ini (a credentials file) or config (the profile to put into ~/.aws/config; collects nothing).", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong(Process, CredentialForms.Env, CredentialForms.Ini, Config);
        var wait = new Option<bool>("--wait") { Description = "Ask for it if you do not hold it, and wait for the approval." };
        var length = new Option<string?>("--for") { Description = "With --wait: for how long to ask.", HelpName = "DURATION" };
        var reason = new Option<string?>("--reason") { Description = "With --wait: why you need it.", HelpName = "REASON" };
        var renew = new Option<bool>("--renew") { Description = "Collect a new session although the kept one is not over." };
        return new Verb("aws", "Credentials for AWS's own tools, kept until they are nearly over.",
            "jit aws kinesis-orders:read --format config >> ~/.aws/config", "eval \"$(jit aws kinesis-orders:read --format env)\"", "jit aws kinesis-orders:read --wait --for 1h --reason INC-42") { entitlement, format, wait, length, reason, renew }
            .Does(run, invocation =>
            {
                var name = invocation.Get(entitlement)!;
                var ask = new SubmitBody { Entitlement = name, Duration = invocation.Get(length), Reason = invocation.Get(reason) };
                return invocation.Get(format) == Config ? Task.FromResult(Profile(invocation, name)) : ActAsync(invocation, name, invocation.Get(format) ?? Process, invocation.Get(wait) ? ask : null, invocation.Get(renew));
            });
    }

    private static async Task<int> ActAsync(Invocation run, string entitlement, string format, SubmitBody? asking, bool renew)
    {
        var broker = run.For(SessionUse.Ask);
        var cache = run.Credentials(SessionUse.Ask);
        if (renew)
            cache.Forget(entitlement);
        var kept = await new KeptSession(run, broker, cache, entitlement) { Asking = asking, Kind = CredentialKinds.AwsSts }.GetAsync();
        if (run.Json)
            run.Screen.Json(kept.Body);
        else
            run.Screen.Exact(CredentialForms.Write(kept.Envelope, format == Process ? CredentialForms.Aws : format) ?? throw UnknownKinds.Of(kept.Envelope));
        return Exits.Done;
    }

    /// <summary>AWS's tools run the line without a shell, from anywhere: so with whole path and address.</summary>
    private static int Profile(Invocation run, string entitlement)
    {
        var program = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "jit" ? path : "jit";
        var quoted = program.Contains(' ', StringComparison.Ordinal) ? $"\"{program}\"" : program;
        run.Screen.Exact($"[profile {entitlement.Replace(':', '-')}]\ncredential_process = {quoted} aws {entitlement} --url {run.Broker.AbsoluteUri.TrimEnd('/')}\n");
        return Exits.Done;
    }
}
