using System.Text.Json.Nodes;
using JitBroker.Playground.Control;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Control;

/// <summary>The tenant's control API, one route per line; see bots/README.md for the shapes. What changes is told on the line that both workspaces share.</summary>
internal sealed class TeamsControl(
    Tenant tenant, TeamsState states, TeamsWireLog wire, TeamsComposer composer, CardPresses presses, DialogSteps dialogs, Installs installs, TeamsTesting testing, TeamsTroubles troubles)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/playground/teams");
        group.MapGet("/state", (HttpContext http) => StateAsync(http));
        group.MapGet("/log", (HttpContext http) => ControlEndpoints.WriteAsync(http, 200, wire.Describe(ControlEndpoints.Last(http))));
        Post("/say", composer.SayAsync);
        Post("/act", presses.ActAsync);
        Post("/enter", (request, _) => Task.FromResult(presses.Enter(request)));
        Post("/refresh", presses.RefreshAsync);
        Post("/extension", dialogs.ExtendAsync);
        Post("/submit", dialogs.SubmitAsync);
        Post("/dialog", (request, _) => Task.FromResult(dialogs.Enter(request)));
        Post("/close", (request, _) => Task.FromResult(dialogs.Close(request)));
        Post("/read", (request, _) => Task.FromResult(Read(request)));
        Post("/install", installs.InstallAsync);
        Post("/redeliver", testing.RedeliverAsync);
        Post("/deliver", testing.DeliverAsync);
        Post("/faults", (request, _) => Task.FromResult(troubles.Fault(request)));
        Post("/person", (request, _) => Task.FromResult(testing.Person(request)));
        Post("/keys", (request, _) => Task.FromResult(testing.Keys(request)));
        Post("/app", (request, _) => Task.FromResult(testing.App(request)));

        void Post(string path, Func<ControlRequest, CancellationToken, Task<ControlAnswer>> handle) => group.MapPost(path, (HttpContext http) => ControlEndpoints.ActAsync(http, handle));
    }

    private Task StateAsync(HttpContext http)
    {
        var query = http.Request.Query;
        JsonObject? body;
        lock (tenant.Gate)
        {
            var person = tenant.Find(query["person"]);
            body = person is null ? null : states.Describe(person.Id, query["conversation"] is [{ Length: > 0 } only, ..] ? only : null);
        }
        return body is null ? ControlEndpoints.WriteAsync(http, 404, new JsonObject { ["ok"] = false, ["error"] = "Nobody in the tenant has that id; give ?person=ID." }) : ControlEndpoints.WriteAsync(http, 200, body);
    }

    private ControlAnswer Read(ControlRequest request)
    {
        lock (tenant.Gate)
        {
            var person = request.Person(tenant);
            var chat = request.Chat(tenant, person);
            if (chat.UnreadOf(person) > 0)
            {
                chat.LastRead[person] = chat.Posts[^1].Id;
                tenant.Changed();
            }
            return ControlAnswer.Done();
        }
    }
}
