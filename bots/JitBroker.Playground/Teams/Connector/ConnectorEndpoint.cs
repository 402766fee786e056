using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.State;
using JitBroker.Playground.Teams.Tokens;

namespace JitBroker.Playground.Teams.Connector;

/// <summary>The connector's REST API under <c>/teams/emea/</c>: bearer, throttle, size, then the call.</summary>
internal sealed class ConnectorEndpoint(Tenant tenant, AccessTokens tokens, CallTrouble trouble, ConversationCalls conversations, ActivityCalls activities, MemberCalls members)
{
    private readonly Throttle _throttle = new(tenant.Options.Throttles, tenant.Clock);

    public void Map(IEndpointRouteBuilder routes)
    {
        var v3 = routes.MapGroup("/teams/emea/v3");
        v3.MapPost("/conversations", Call("conversations.create", conversations.Create));
        v3.MapPost("/conversations/{conversation}/activities", Call("activities.send", activities.Send));
        v3.MapPost("/conversations/{conversation}/activities/{id}", Call("activities.reply", activities.Send));
        v3.MapPut("/conversations/{conversation}/activities/{id}", Call("activities.update", activities.Update));
        v3.MapDelete("/conversations/{conversation}/activities/{id}", Call("activities.delete", activities.Delete));
        v3.MapGet("/conversations/{conversation}/members", Call("members.all", members.All));
        v3.MapGet("/conversations/{conversation}/pagedmembers", Call("members.paged", members.Paged));
        v3.MapGet("/conversations/{conversation}/members/{id}", Call("members.get", members.Get));
        v3.MapGet("/teams/{conversation}", Call("teams.get", conversations.Team));
        v3.MapGet("/teams/{conversation}/conversations", Call("teams.conversations", conversations.Channels));
    }

    private RequestDelegate Call(string name, Func<ConnectorCall, ConnectorAnswer> handle) => http => HandleAsync(http, name, handle);

    private async Task HandleAsync(HttpContext http, string name, Func<ConnectorCall, ConnectorAnswer> handle)
    {
        var call = await ConnectorCall.ReadAsync(name, http, http.RequestAborted);
        var bearer = Bearer(http.Request);
        await trouble.AnswerAsync(http, name, call?.ForLog() ?? [], () => Task.FromResult(Answer(call, bearer, handle)));
    }

    private ConnectorAnswer Answer(ConnectorCall? call, string? bearer, Func<ConnectorCall, ConnectorAnswer> handle)
    {
        if (!tokens.IsGood(bearer)) return new ConnectorAnswer(401, new JsonObject { ["message"] = "Authorization has been denied for this request." });
        if (call is null) return ConnectorAnswer.Fail(400, "BadSyntax", "Bad format of the request: the body is no JSON object.");
        if (_throttle.Refuse(call) is { } seconds) return ConnectorAnswer.Fail(429, "Throttled", "Too many requests.") with { RetryAfter = seconds };
        if (call.Bytes > tenant.Options.MaxActivityBytes) return ConnectorAnswer.Fail(413, "MessageSizeTooBig", "Message size too large.");
        lock (tenant.Gate) return handle(call);
    }

    private static string? Bearer(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header[7..].Trim() : null;
    }
}
