using System.Text.Json.Nodes;
using JitBroker.Playground.State;

namespace JitBroker.Playground.WebApi;

/// <summary><c>POST /hooks/{kind}/{team}/{secret}</c>: the app answers a command or a press. The only way to change an ephemeral message.</summary>
internal sealed class ResponseUrlEndpoint(Workspace workspace, Faults faults, CallFaults chance, CallLog log)
{
    public async Task HandleAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        var (call, unreadable) = await ApiCall.ReadAsync("response_url", http.Request, ct);
        var fault = faults.Take("response_url") ?? chance.Take("response_url");
        if (fault is { Delay: var late } && late > TimeSpan.Zero) await Task.Delay(late, workspace.Clock, ct);
        if (fault is { AfterEffect: false })
        {
            http.Response.StatusCode = fault.Status;
            Note(call, fault.Status, fault.Error ?? "internal_error");
            await http.Response.WriteAsync(fault.Error ?? "internal_error", ct);
            return;
        }
        var refused = call is null ? unreadable : Apply((string)http.Request.RouteValues["secret"]!, call);
        http.Response.StatusCode = refused switch { null => 200, "used_url" or "expired_url" or "no_such_url" => 404, _ => 400 };
        if (fault is { KeepsAnswer: false, BreaksConnection: false }) http.Response.StatusCode = fault.Status;
        Note(call, http.Response.StatusCode, refused);
        if (fault is { BreaksConnection: true })
        {
            http.Abort();
            return;
        }
        await http.Response.WriteAsync(refused ?? "ok", ct);
    }

    private void Note(ApiCall? call, int status, string? refused)
    {
        log.Add(new CallRecord(workspace.Clock.GetUtcNow(), "response_url", new JsonObject((call?.Arguments ?? new Dictionary<string, JsonNode?>())
            .Select(a => KeyValuePair.Create(a.Key, a.Value?.DeepClone()))), status, new JsonObject { ["ok"] = refused is null, ["error"] = refused }));
        workspace.Changed();
    }

    private string? Apply(string secret, ApiCall call)
    {
        lock (workspace.Gate)
        {
            if (!workspace.ResponseUrls.TryGetValue(secret, out var url)) return "no_such_url";
            if (workspace.Clock.GetUtcNow() >= url.Expires) return "expired_url";
            if (url.Uses >= ResponseUrl.MaxUses) return "used_url";
            if (!workspace.Conversations.TryGetValue(url.ConversationId, out var where)) return "channel_not_found";
            var refused = Answer(workspace, where, url, call);
            if (refused is null) url.Uses++;
            return refused;
        }
    }

    /// <summary>Applies an answer's body: delete, replace, or a new message. Also used for the body of a command's 200. Null when it took effect.</summary>
    public static string? Answer(Workspace workspace, Conversation where, ResponseUrl url, ApiCall call)
    {
        var source = url.MessageTs is { } ts ? where.Find(ts) : null;
        if (call.Flag("delete_original"))
        {
            if (source is null) return "message_not_found";
            where.Messages.Remove(source);
            workspace.Changed();
            return null;
        }
        var (content, refused) = MessageContent.Read(call, workspace);
        if (content is null) return refused!.Error;
        if (call.Flag("replace_original") && source is not null)
        {
            source.Replace(content.Text, content.Blocks);
            if (source.EphemeralTo is null) source.EditedTs = workspace.NextTs();
            workspace.Changed();
            return null;
        }
        var inChannel = call.Text("response_type") == "in_channel";
        var posted = workspace.Post(where, new Message
        {
            Ts = workspace.NextTs(), User = workspace.Options.BotUserId, FromApp = true, Text = content.Text, Blocks = content.Blocks,
            ThreadTs = call.Text("thread_ts"), EphemeralTo = inChannel ? null : url.User,
        });
        // after a command, a later replace_original means the first answer
        url.MessageTs ??= posted.Ts;
        return null;
    }
}
