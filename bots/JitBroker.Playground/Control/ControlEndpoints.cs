using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Playground.State;

namespace JitBroker.Playground.Control;

/// <summary>The control API: one route per line. GETs read, POSTs act; see bots/README.md for the shapes.</summary>
internal sealed class ControlEndpoints(
    Workspace workspace, StateOfPerson states, WireLog wire, Composer composer, BlockActions actions, Suggestions suggestions,
    ModalActions modals, AppEvents events, Testing testing, Troubles troubles, IHostApplicationLifetime lifetime)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/playground");
        group.MapGet("/state", (HttpContext http) => StateAsync(http));
        group.MapGet("/log", (HttpContext http) => WriteAsync(http, 200, wire.Describe(Last(http))));
        group.MapGet("/live", (HttpContext http) => LiveAsync(http));
        Post("/say", composer.SayAsync);
        Post("/act", actions.ActAsync);
        Post("/suggest", suggestions.AskAsync);
        Post("/submit", modals.SubmitAsync);
        Post("/close", modals.CloseAsync);
        Post("/home", events.OpenHomeAsync);
        Post("/shortcut", events.ShortcutAsync);
        Post("/event", events.EventAsync);
        Post("/verify-url", (_, ct) => events.VerifyUrlAsync(ct));
        Post("/read", (request, _) => Task.FromResult(Read(request)));
        Post("/redeliver", testing.RedeliverAsync);
        Post("/deliver", testing.DeliverAsync);
        Post("/faults", (request, _) => Task.FromResult(troubles.Fault(request)));
        Post("/sockets", troubles.SocketsAsync);
        Post("/person", (request, _) => Task.FromResult(testing.Person(request)));
        Post("/app", (request, _) => Task.FromResult(testing.App(request)));

        void Post(string path, Func<ControlRequest, CancellationToken, Task<ControlAnswer>> handle) => group.MapPost(path, (HttpContext http) => ActAsync(http, handle));
    }

    internal static async Task ActAsync(HttpContext http, Func<ControlRequest, CancellationToken, Task<ControlAnswer>> handle)
    {
        var ct = http.RequestAborted;
        ControlAnswer answer;
        try
        {
            answer = await ControlRequest.ReadAsync(http.Request, ct) is { } request ? await handle(request, ct) : ControlAnswer.Refused("The body must be a JSON object.");
        }
        catch (ControlFault fault)
        {
            answer = ControlAnswer.Refused(fault.Message);
        }
        await WriteAsync(http, answer.Status, answer.Body);
    }

    private Task StateAsync(HttpContext http)
    {
        var query = http.Request.Query;
        JsonObject? body;
        lock (workspace.Gate)
        {
            var given = query["person"].ToString();
            var person = workspace.People.Values.FirstOrDefault(p => p.Id == given || p.Handle == given);
            body = person is null ? null : states.Describe(person.Id, query["conversation"] is [{ Length: > 0 } only, ..] ? only : null);
        }
        return body is null ? WriteAsync(http, 404, new JsonObject { ["ok"] = false, ["error"] = "Nobody here has that id; give ?person=ID." }) : WriteAsync(http, 200, body);
    }

    private ControlAnswer Read(ControlRequest request)
    {
        lock (workspace.Gate)
        {
            var person = request.Person(workspace);
            var conversation = request.Conversation(workspace, person);
            if (conversation.UnreadOf(person) > 0)
            {
                conversation.LastRead[person] = conversation.Messages[^1].Ts;
                workspace.Changed();
            }
            return ControlAnswer.Done();
        }
    }

    /// <summary>Server-sent events. Each carries only the revision: whoever was away reads the state anew and has missed nothing.</summary>
    private async Task LiveAsync(HttpContext http)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        var seen = 0L;
        try
        {
            while (true)
            {
                seen = await workspace.Changes.AfterAsync(seen, stop.Token);
                await http.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"id: {seen}\ndata: {{\"revision\":{seen}}}\n\n"), stop.Token);
                await http.Response.Body.FlushAsync(stop.Token);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // the page went away or the host stops; both end the stream
        }
    }

    internal static int Last(HttpContext http) => int.TryParse(http.Request.Query["last"], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 200;

    internal static Task WriteAsync(HttpContext http, int status, JsonObject body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.WriteAsync(body.ToJsonString(Wire.Json), http.RequestAborted);
    }
}
