namespace JitBroker.Server.Demo;

/// <summary>The guarded service's page: a box for a token, a button, and what came of it.</summary>
internal static class GuardedPage
{
    public const string Html = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Payments logs</title>
        <style>
          :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
          body { max-width: 44rem; margin: 8vh auto; padding: 0 1.25rem; }
          h1 { font-size: 1.5rem; margin-bottom: .25rem; }
          textarea { box-sizing: border-box; width: 100%; height: 7rem; padding: .75rem; border: 1px solid #8888; border-radius: .5rem; font: .85rem/1.4 ui-monospace, monospace; }
          button { margin: .75rem 0; padding: .55rem 1.1rem; border: 0; border-radius: .5rem; background: #0b6e4f; color: #fff; font: inherit; font-weight: 600; cursor: pointer; }
          output { display: block; white-space: pre-wrap; padding: .9rem 1rem; border-left: .3rem solid #8886; border-radius: .25rem; background: #8881; font: .9rem/1.6 ui-monospace, monospace; }
          output.yes { border-color: #0b6e4f; } output.no { border-color: #b3261e; }
          code { font-family: ui-monospace, monospace; }
        </style>
        <h1>Payments logs</h1>
        <p>A service that lets in whoever brings a token that stands. Paste one: <code>jit creds payments-logs:read</code> prints it.</p>
        <textarea id="token" aria-label="Token" spellcheck="false" autocomplete="off"></textarea>
        <button id="read">Read the logs</button>
        <output id="answer">Nothing asked yet.</output>
        <script>
          document.getElementById('read').addEventListener('click', async () => {
            const answer = document.getElementById('answer');
            const token = document.getElementById('token').value.trim();
            const reply = await fetch('/logs', { headers: token ? { authorization: 'Bearer ' + token } : {} });
            const body = await reply.json();
            answer.className = reply.ok ? 'yes' : 'no';
            answer.textContent = reply.ok ? 'Read by ' + body.for + '\n\n' + body.lines.join('\n') : 'Refused: ' + body.why;
          });
        </script>
        """;
}
