namespace JitBroker.Server.Pages;

/// <summary>Signing in, step by step.</summary>
internal static class SignInViews
{
    public static Html Door(FormParts form, string? because) => Html.Of($"""
        <section class="card">
        <h1>Sign in to collect</h1>
        {Told(because)}
        <p class="lead">A credential is shown only to the person who holds the access. Sign in by chat: no password, and you see who asks before you say yes.</p>
        {form.Open}<button class="primary" data-once>Show me a code</button></form>
        <p class="fine">The session stays in this browser, lives 12 hours at most, and may ask, collect and end in your name. It can't approve.</p>
        </section>
        """);

    public static Html Code(FormParts form, StartedHere started, string? because) => Html.Of($"""
        <section class="card">
        <h1>Type this in Slack</h1>
        {Told(because)}
        <div class="copyable command"><pre id="command" tabindex="0">
        /access login {started.UserCode}</pre><button type="button" class="copy" data-copy="command" hidden>Copy</button></div>
        <ol class="steps">
        <li>Type it in any conversation. The answer is for you alone.</li>
        <li>Compare what it says: <b>your address</b>, this browser, the time. Then press <b>Yes, that is me</b>.</li>
        <li>This page goes on by itself.</li>
        </ol>
        <p class="waiting" role="status" hidden><i></i><span>Waiting for your yes · <span data-until="{Show.Iso(started.ExpiresAt)}" data-after=" left" data-over="the code has expired"></span></span></p>
        {form.Open}<button class="plain" data-poll>I said yes: go on</button></form>
        <p class="fine">Did somebody else send you here, or give you a code to type? Then close this page, type nothing, and tell your security team.</p>
        </section>
        """);

    private static Html Told(string? because) => because is null ? Html.Empty : Html.Of($"<p class=\"note\" role=\"status\">{because}</p>");
}
