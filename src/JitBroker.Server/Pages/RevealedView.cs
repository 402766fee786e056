using System.Text.Json;
using JitBroker.Client;
using JitBroker.Grants;

namespace JitBroker.Server.Pages;

/// <summary>A credential, shown this once: its fields, and ready to paste in the forms that its target's tools read.</summary>
internal static class RevealedView
{
    /// <param name="home">The grant's own page.</param>
    public static Html Of(CredentialEnvelope envelope, string title, Grant grant, string home, DateTimeOffset now)
    {
        var number = 0;
        var blocks = Blocks(envelope).Select(b => Copyable($"paste-{Show.Number(++number)}", b.Label, b.Text)).ToList();
        var fields = envelope.Credential.EnumerateObject().Select(member => Copyable("field-" + member.Name, member.Name, Text(member.Value), "field"));
        return Html.Of($"""
            <section class="card" id="revealed" data-home="{home}">
            <p class="state good">Shown this once</p>
            <h1>{title}</h1>
            <p class="name"><code>{grant.Entitlement}</code></p>
            <p class="note strong">Copy what you need now. Leaving or reloading this page takes it away; nobody can show it again.</p>
            <dl class="facts"><div><dt>Good until</dt><dd>{Show.Time(envelope.ExpiresAt)} <span class="left" data-until="{Show.Iso(envelope.ExpiresAt)}" data-after=" left" data-over="expired" data-wipe></span></dd></div></dl>
            <div id="secret">
            <h2>Fields</h2>
            {fields}
            {(blocks.Count > 0 ? Html.Of($"<h2>Ready to paste</h2>") : Html.Empty)}
            {blocks}
            </div>
            <p class="note bad" id="gone" role="alert" hidden>This credential has expired.</p>
            <p class="row"><a class="button" href="{home}">Done: hide it</a></p>
            <p class="fine">{(envelope.ExpiresAt < grant.EndsAt ? "The access itself lasts longer: collect again when this one has expired. " : "")}To end the access now: <code>/access done</code> in chat, or <code>jit done {grant.Entitlement}</code></p>
            </section>
            """);
    }

    private static IEnumerable<(string Label, string Text)> Blocks(CredentialEnvelope envelope)
    {
        if (envelope.Open() is PostgresCredential pg)
            yield return ("psql, which asks for the password", CredentialForms.Psql(pg));
        foreach (var form in CredentialForms.Of(envelope))
            if (form is not CredentialForms.Json && !IsField(envelope, form) && Written(envelope, form) is { } text)
                yield return (Label(form), text);
        if (envelope.Kind is CredentialKinds.Jwt or CredentialKinds.Http)
            yield return ("curl, after the line above", "curl -H \"Authorization: Bearer $JIT_ACCESS_TOKEN\" ADDRESS");
    }

    // What stands among the fields already.
    private static bool IsField(CredentialEnvelope envelope, string form) => form == CredentialForms.Token || (form == CredentialForms.Uri && envelope.Credential.TryGetProperty("uri", out _));

    private static string? Written(CredentialEnvelope envelope, string form)
    {
        try
        {
            return CredentialForms.Write(envelope, form)?.TrimEnd('\n');
        }
        catch (CredentialFormException)
        {
            // The fields say it all the same.
            return null;
        }
    }

    private static string Label(string form) => form switch
    {
        CredentialForms.Env => "For a shell",
        CredentialForms.Aws => "credential_process",
        CredentialForms.Ini => "A profile for ~/.aws/credentials",
        CredentialForms.PgPass => "A line for ~/.pgpass",
        CredentialForms.Properties => "Java properties",
        CredentialForms.Librdkafka => "Clients on librdkafka",
        CredentialForms.Kcat => "A file for kcat -F",
        _ => form,
    };

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    // A parser drops the first line break after <pre>, so there is always one.
    private static Html Copyable(string id, string label, string text, string kind = "block") => Html.Of($"""
        <div class="copyable {kind}"><h3 id="{id}-label">{label}</h3><pre id="{id}" tabindex="0" aria-labelledby="{id}-label">
        {text}</pre><button type="button" class="copy" data-copy="{id}" aria-label="Copy {label}" hidden>Copy</button></div>
        """);
}
