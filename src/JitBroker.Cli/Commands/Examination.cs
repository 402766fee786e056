using JitBroker.Cli.Running;
using JitBroker.Cli.State;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>What <c>doctor</c> looks at, in the order in which things depend on one another.</summary>
internal sealed class Examination(Invocation run)
{
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(60);
    private readonly List<Finding> findings = [];

    public async Task<IReadOnlyList<Finding>> AllAsync()
    {
        if (Address() && await AliveAsync())
        {
            await ReadyAsync();
            await SessionsAsync();
        }

        Rights();
        return findings;
    }

    private void Right(string subject, string text) => findings.Add(new Finding(Health.Right, subject, text));

    private void Note(string subject, string text, string remedy) => findings.Add(new Finding(Health.Note, subject, text, remedy));

    private void Wrong(string subject, string text, string remedy) => findings.Add(new Finding(Health.Wrong, subject, text, remedy));

    private bool Address()
    {
        try
        {
            var broker = run.Broker;
            if (broker.Scheme == "http" && !broker.IsLoopback)
                Note("address", $"{broker} is not encrypted: sessions and credentials cross the network in the clear", "use the broker's https:// address");
            else
                Right("address", broker.ToString());
            return true;
        }
        catch (UsageFaultException fault)
        {
            Wrong("address", fault.Message, fault.Next ?? "set JIT_URL");
            return false;
        }
    }

    private async Task<bool> AliveAsync()
    {
        try
        {
            var health = await run.Anonymous().GetHealthAsync(run.Cancel);
            Right("broker", "answers");
            Skew(health.ServerTime);
            return true;
        }
        catch (BrokerUnreachableException fault)
        {
            Wrong("broker", fault.Message, "check the address, your network and VPN; then ask whoever runs the broker");
            return false;
        }
        catch (BrokerRefusedException fault)
        {
            Wrong("broker", $"answers, but not as a broker: {fault.Problem.Detail ?? fault.Code}", "check the address");
            return false;
        }
    }

    private void Skew(DateTimeOffset? server)
    {
        if (server is not { } theirs)
            return;
        var skew = run.Around.Clock.GetUtcNow() - theirs;
        if (skew.Duration() <= MostSkew)
            Right("clock", "agrees with the broker's");
        else
            Note("clock", $"this machine is {Durations.ToShort(skew.Duration())} {(skew > TimeSpan.Zero ? "ahead of" : "behind")} the broker; shown times are off by that", "set this machine's clock (the broker's own decides when access ends)");
    }

    private async Task ReadyAsync()
    {
        try
        {
            var ready = await run.Anonymous().GetReadinessAsync(run.Cancel);
            var failing = (ready.Value.Checks ?? []).Where(check => !check.Ok).ToList();
            foreach (var check in failing)
                Wrong(check.Name, check.Text ?? "not ready", "whoever runs the broker finds more in its log");
            if (failing.Count == 0 && (int)ready.Status is >= 200 and <= 299)
                Right("ready", "catalog, migrations, keys and database are there");
            else if (failing.Count == 0)
                Wrong("ready", $"the broker says it is {ready.Value.Status}", "whoever runs the broker finds more in its log");
            foreach (var check in (ready.Value.Checks ?? []).Where(check => check is { Ok: true, Attention: true }))
                Note(check.Name, check.Text ?? "needs attention", check.Name == "targets" ? "an operator sees more by jit doctor" : "an admin sees more by jit catalog accept, without a hash");
            if (ready.Value.TestEndpoints)
                Note("endpoints", "this broker accepts test endpoints: it is a demo or a test", "never use it for real access");
        }
        catch (Exception fault) when (fault is BrokerRefusedException or BrokerUnreachableException)
        {
            Wrong("ready", fault.Message, "whoever runs the broker finds more in its log");
        }
    }

    private async Task SessionsAsync()
    {
        if (run.GivenToken is { } given)
        {
            await SessionAsync("JIT_TOKEN", given, "unset JIT_TOKEN, or give it a live token");
            return;
        }

        var ask = run.Sessions.Find(run.Broker, SessionScope.Ask);
        var decide = run.Sessions.Find(run.Broker, SessionScope.Decide);
        if (ask is null && decide is null)
            Wrong("session", "you are not signed in", "jit login");
        if (ask is not null)
            await SessionAsync("session", ask.Token, "jit login");
        if (decide is not null && (ask is null || decide.EndsAt > run.Around.Clock.GetUtcNow()))
            await SessionAsync("session that may decide", decide.Token, "jit login --can-decide");
    }

    private async Task SessionAsync(string subject, string token, string remedy)
    {
        try
        {
            var me = (await run.Client(token).GetMeAsync(run.Cancel)).Value;
            var current = me.Sessions.FirstOrDefault(session => session.Current);
            Right(subject, $"{me.Name} <{me.Email}>{(current is null ? "" : $", ends {run.Times.Both(current.EndsAt)}")}");
            if (!me.Roles.Contains("operator", StringComparer.Ordinal))
                return;
            await StuckAsync(token);
            await TargetsAsync(token);
            await LooksAsync(token);
        }
        catch (BrokerRefusedException fault) when (fault.Code == Codes.Unauthenticated)
        {
            Wrong(subject, "has ended", remedy);
        }
        catch (Exception fault) when (fault is BrokerRefusedException or BrokerUnreachableException)
        {
            Wrong(subject, fault.Message, "try again in a moment");
        }
    }

    private async Task StuckAsync(string token)
    {
        var stuck = (await run.Client(token).ListStuckAsync(null, null, run.Cancel)).Value.Items;
        if (stuck.Count == 0)
            Right("ends", "none is stuck");
        else if (findings.All(finding => finding.Subject != "ends"))
            Wrong("ends", $"{stuck.Count}{(stuck.Count == 50 ? " or more" : "")} cannot be done: {stuck[0].Entitlement} of {stuck[0].Holder.Name}: {stuck[0].LastError ?? "the target does not confirm"}", "jit stuck lists them; jit retry LEASE, or jit abandon LEASE REASON");
    }

    private async Task TargetsAsync(string token)
    {
        foreach (var target in (await run.Client(token).ListTargetsAsync(run.Cancel)).Value.Items.Where(t => findings.All(f => f.Subject != $"target {t.Target}")))
        {
            var since = target.Since is { } at ? $" since {run.Times.Both(at)}" : "";
            var (what, remedy) = target.State switch
            {
                "paused" => ($"does not answer{since}; {target.Waiting} ends wait: {target.LastError}", "mend it or the way to it; the broker probes it by itself, jit retry LEASE does at once"),
                "denied" => ($"denies the broker{since}: {target.LastError}", "mend the broker's rights or its secret there"),
                _ => ($"asks for patience: {target.LastError}", "nothing, unless it stays so: lower the issuer's concurrency"),
            };
            if (target.State == "throttled")
                Note($"target {target.Target}", what, remedy);
            else
                Wrong($"target {target.Target}", what, remedy);
        }
    }

    private async Task LooksAsync(string token)
    {
        foreach (var look in (await run.Client(token).ListReconciliationsAsync(run.Cancel)).Value.Items.Where(l => findings.All(f => f.Subject != $"what stands at {l.Issuer}")))
        {
            var (subject, text) = ($"what stands at {look.Issuer}", ReconcileCommand.Summary(look));
            if (look.OverBudget > 0 || look.Findings.Any(f => f is { Kind: "standing" or "missing", Confirmed: true, EndsAgain: false }))
                Wrong(subject, text, $"jit reconcile {look.Issuer} --dry-run lists it");
            else if (look.Found > 0 || look.Failed is not null)
                Note(subject, text, $"jit reconcile {look.Issuer} --dry-run lists it");
            else
                Right(subject, text);
        }
    }

    private void Rights()
    {
        var state = run.Sessions.State;
        if (!Directory.Exists(state.Path))
        {
            Right("state", $"{state.Path} will be made at the first sign-in");
            return;
        }

        var open = run.Sessions.Files.Where(file => state.RightsOfOthers(file) != UnixFileMode.None).ToList();
        foreach (var file in open)
            Wrong("state", $"{Path.Combine(state.Path, file)} can be used by others", $"jit logout, then chmod 600 '{Path.Combine(state.Path, file)}' and sign in again");
        if (state.RightsOfOthers(null) != UnixFileMode.None)
            Wrong("state", $"{state.Path} is open to others", $"chmod 700 '{state.Path}'");
        else if (open.Count == 0)
            Right("state", $"{state.Path} is yours alone");
    }
}
