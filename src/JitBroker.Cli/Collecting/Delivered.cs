using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Collecting;

/// <summary>
/// Runs a command with a freshly collected credential in its environment, never in its arguments, and answers the command's exit code. When the command
/// failed because the access was over, standard error says so.
/// </summary>
internal static class Delivered
{
    /// <param name="grant">An id, a prefix or an entitlement.</param>
    /// <param name="kind">The only kind that the command has a use for; null: any.</param>
    /// <param name="arguments">The command's arguments; nothing of the credential.</param>
    public static async Task<int> RunAsync(Invocation run, string grant, string? kind, string command, IReadOnlyList<string> arguments)
    {
        var broker = run.For(SessionUse.Ask);
        var id = await Grants.MineAsync(run, broker, grant);
        if (kind is not null)
            await NeedKindAsync(run, broker, id, kind, command);
        var envelope = (await broker.CollectAsync(id, run.Cancel)).Value;
        var child = new Child(command, arguments, EnvironmentOf(envelope), CredentialVariables.Conflicting(envelope.Kind));
        var code = await run.Around.Children.RunAsync(child, run.Around.Interrupts);
        if (code != Exits.Done)
            await TellWhetherOverAsync(run, broker, envelope);
        return code;
    }

    /// <summary>Before anything is minted: a credential that the command cannot use would live for nothing.</summary>
    private static async Task NeedKindAsync(Invocation run, BrokerClient broker, string id, string kind, string command)
    {
        var grant = (await broker.GetGrantAsync(id, run.Cancel)).Value;
        if (grant.Kind is { } other && other != kind)
            throw new UsageFaultException($"{grant.Entitlement} gives a {other} credential, and {command} needs a {kind} one.", $"jit exec {grant.Entitlement} -- CMD");
    }

    private static Dictionary<string, string> EnvironmentOf(CredentialEnvelope envelope)
    {
        var variables = CredentialVariables.Of(envelope) ?? throw UnknownKinds.Of(envelope);
        if (variables.FirstOrDefault(pair => pair.Value.Contains('\0', StringComparison.Ordinal)).Key is { } name)
            throw new RefusedHereException(Codes.InvalidValue, $"The credential holds a character that {name} has no way to hold.", $"jit creds {envelope.Grant} --format json");
        return variables
            .Append(new("JIT_EXPIRES_AT", InstantConverter.Text(envelope.ExpiresAt))).Append(new("JIT_GRANT", envelope.Grant))
            .ToDictionary(StringComparer.Ordinal);
    }

    /// <summary>Best effort: the command's own exit code stands whatever comes of this.</summary>
    private static async Task TellWhetherOverAsync(Invocation run, BrokerClient broker, CredentialEnvelope envelope)
    {
        try
        {
            var grant = (await broker.GetGrantAsync(envelope.Grant, run.Cancel)).Value;
            if (grant.State is GrantState.Ending or GrantState.Ended)
                run.Screen.Complain(Codes.GrantEnded, Ended(run.Times, grant), $"jit request {grant.Entitlement} asks again");
            else if (run.Around.Clock.GetUtcNow() >= envelope.ExpiresAt)
                run.Screen.Complain(Codes.GrantNotActive, $"The credential expired {run.Times.Both(envelope.ExpiresAt)}; the grant lives until {run.Times.Absolute(grant.EndsAt)}.", "run it again for a new one");
        }
        catch (Exception fault) when (fault is BrokerRefusedException or BrokerUnreachableException or OperationCanceledException)
        {
            if (run.Around.Clock.GetUtcNow() >= envelope.ExpiresAt)
                run.Screen.Complain(Codes.GrantNotActive, $"The credential expired {run.Times.Both(envelope.ExpiresAt)}.", "jit mine shows what you have");
        }
    }

    private static string Ended(Times times, GrantResource grant)
    {
        var at = times.Both(grant.EndRequestedAt ?? grant.EndsAt);
        var reason = grant.EndReason is { Length: > 0 } why ? $": {why}" : "";
        return grant.End switch
        {
            GrantEnd.Revoked => $"Your access to {grant.Entitlement} was revoked by {grant.EndedBy?.Name ?? "the broker"} {at}{reason}.",
            GrantEnd.Released => $"Your access to {grant.Entitlement} was given back {at}.",
            _ => $"Your access to {grant.Entitlement} expired {at}.",
        };
    }
}

/// <summary>Kinds that this build does not know.</summary>
internal static class UnknownKinds
{
    public static RefusedHereException Of(CredentialEnvelope envelope) =>
        new(Codes.InvalidValue, $"This jit does not know credentials of kind '{envelope.Kind}'.", $"jit creds {envelope.Grant} -o json shows it as it is");
}
