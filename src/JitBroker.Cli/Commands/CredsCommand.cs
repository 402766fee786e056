using System.CommandLine;
using System.Text.Json;
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
        var format = new Option<string?>("--format") { Description = $"How to print it: {string.Join(", ", CredentialForms.All)}. Left out: in words.", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong([.. CredentialForms.All]);
        return new Verb("creds", "Collect a credential; each call mints a new one.",
            "jit creds orders-db:read", "eval \"$(jit creds orders-db:read --format env)\"", "jit creds payments-logs:read --format token") { grant, format }
            .Does(run, invocation => ActAsync(invocation, invocation.Get(grant)!, invocation.Json ? CredentialForms.Json : invocation.Get(format)));
    }

    private static async Task<int> ActAsync(Invocation run, string text, string? format)
    {
        var broker = run.For(SessionUse.Ask);
        var id = await Grants.MineAsync(run, broker, text);
        // Every kind that this build knows has these two; of the others the kind decides, and is looked at before anything is minted.
        if (format is not (null or CredentialForms.Json or CredentialForms.Env))
            NeedForm((await broker.GetGrantAsync(id, run.Cancel)).Value, format);
        var reply = await broker.CollectAsync(id, run.Cancel);
        if (format == CredentialForms.Json)
            run.Screen.Json(reply.Body);
        else if (format is not null)
            run.Screen.Exact(Written(reply.Value, format));
        else
            Show(run, reply.Value);
        return Exits.Done;
    }

    private static void NeedForm(GrantResource grant, string format)
    {
        if (grant.Kind is { } kind && !CredentialForms.Of(kind).Contains(format))
            throw NoSuchForm($"{grant.Entitlement} gives a {kind} credential, which has no '{format}' form; nothing was collected.", CredentialForms.Of(kind));
    }

    private static string Written(CredentialEnvelope envelope, string format)
    {
        try
        {
            return CredentialForms.Write(envelope, format)
                ?? throw (envelope.Open() is null ? UnknownKinds.Of(envelope) : NoSuchForm($"This {envelope.Kind} credential has no '{format}' form. {Unused(envelope)}", CredentialForms.Of(envelope)));
        }
        catch (CredentialFormException fault)
        {
            throw new UsageFaultException($"{fault.Message} {Unused(envelope)}", "use --format json");
        }
    }

    private static UsageFaultException NoSuchForm(string sentence, IReadOnlyList<string> forms) => new(sentence, $"use --format {string.Join(", ", forms.SkipLast(1))} or {forms[^1]}");

    private static string Unused(CredentialEnvelope envelope) => $"The credential that was collected for this goes unused and dies {InstantConverter.Text(envelope.ExpiresAt)}.";

    private static void Show(Invocation run, CredentialEnvelope envelope)
    {
        if (envelope.Credential.ValueKind is not JsonValueKind.Object)
            throw UnknownKinds.Of(envelope);
        var grid = new Grid("", new Column("", Whole: true));
        foreach (var member in envelope.Credential.EnumerateObject())
            grid.Add(new Piece(member.Name, Tone.Dim), member.Value.ValueKind is JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText());
        grid.Add(new Piece("expires", Tone.Dim), run.Times.Both(envelope.ExpiresAt));
        run.Screen.Table(grid);
        run.Screen.Hint(envelope.Kind == CredentialKinds.Postgres ? "jit psql GRANT opens psql with it, jit exec GRANT -- CMD any other command." : "jit exec GRANT -- CMD hands it to a command without showing it.");
    }
}
