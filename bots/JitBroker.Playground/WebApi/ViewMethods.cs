using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;

namespace JitBroker.Playground.WebApi;

/// <summary>views.open, .push, .update and .publish; also what an app answers to view_submission.</summary>
internal sealed class ViewMethods(Workspace workspace, Payloads payloads)
{
    internal const int MaxDepth = 3;
    private const int MaxBytes = 250_000;

    public IEnumerable<ApiMethod> All =>
    [
        new("views.open", null, Tier.Four, Open),
        new("views.push", null, Tier.Four, PushByTrigger),
        new("views.update", null, Tier.Four, Update),
        new("views.publish", null, Tier.Four, Publish),
    ];

    /// <summary>A checked view, or Slack's refusal.</summary>
    public static (JsonObject? View, ApiAnswer? Refused) Read(JsonNode? given, string type, Func<string> newBlockId)
    {
        if (given is not JsonObject view) return (null, ApiAnswer.Fail("invalid_arguments", ["[ERROR] must be an object [json-pointer:/view]"]));
        if (Encoding.UTF8.GetByteCount(view.ToJsonString(Wire.Json)) > MaxBytes) return (null, ApiAnswer.Fail("view_too_large"));
        if (ViewShapes.FaultsOfView(view, type) is { Count: > 0 } faults) return (null, ApiAnswer.Fail("invalid_arguments", faults));
        view = (JsonObject)view.DeepClone();
        view["blocks"] = BlockWalk.WithIds((JsonArray)view["blocks"]!, newBlockId);
        return (view, null);
    }

    /// <summary>Puts a view onto a person's screen, over what is there.</summary>
    public OpenView Show(string user, JsonObject definition, OpenView? over)
    {
        var id = workspace.NewId("V");
        var view = new OpenView
        {
            Id = id, User = user, RootId = over?.RootId ?? id, PreviousId = over?.Id, Definition = definition, Hash = workspace.NewHash(),
            Inputs = InputState.Initial((JsonArray)definition["blocks"]!),
        };
        workspace.Views[id] = view;
        workspace.ModalsOf(user).Add(view);
        workspace.Changed();
        return view;
    }

    private ApiAnswer Open(ApiCall call)
    {
        var (view, refused) = Checked(call, "modal");
        if (view is null) return refused!;
        if (ExternalIdTaken(view, except: null)) return ApiAnswer.Fail("duplicate_external_id");
        var (user, error) = workspace.Triggers.Exchange(call.Text("trigger_id"));
        if (user is null) return ApiAnswer.Fail(error!);
        // a second views.open replaces what was open, as the client shows one stack only
        if (workspace.ModalsOf(user) is [var root, ..]) workspace.CloseFrom(root);
        return Answer(Show(user, view, over: null));
    }

    private ApiAnswer PushByTrigger(ApiCall call)
    {
        var (view, refused) = Checked(call, "modal");
        if (view is null) return refused!;
        var (user, error) = workspace.Triggers.Exchange(call.Text("trigger_id"));
        if (user is null) return ApiAnswer.Fail(error!);
        var stack = workspace.ModalsOf(user);
        if (stack.Count == 0) return ApiAnswer.Fail("not_found");
        return stack.Count >= MaxDepth ? ApiAnswer.Fail("push_limit_reached") : Answer(Show(user, view, stack[^1]));
    }

    private ApiAnswer Update(ApiCall call)
    {
        var (view, refused) = Checked(call, Wire.Text((call.Json("view") as JsonObject)?["type"]) == "home" ? "home" : "modal");
        if (view is null) return refused!;
        var id = call.Text("view_id");
        var open = id is not null ? workspace.Views.GetValueOrDefault(id) : workspace.Views.Values.FirstOrDefault(v => v.ExternalId is { } x && x == call.Text("external_id"));
        if (open is null || open.IsHome != (Wire.Text(view["type"]) == "home")) return ApiAnswer.Fail("not_found");
        if (call.Text("hash") is { } hash && hash != open.Hash) return ApiAnswer.Fail("hash_conflict");
        if (ExternalIdTaken(view, open)) return ApiAnswer.Fail("duplicate_external_id");
        open.Replace(view, workspace.NewHash());
        workspace.Changed();
        return Answer(open);
    }

    private ApiAnswer Publish(ApiCall call)
    {
        var (view, refused) = Checked(call, "home");
        if (view is null) return refused!;
        if (call.Text("user_id") is not { } user || !workspace.People.ContainsKey(user)) return ApiAnswer.Fail("user_not_found");
        if (!workspace.Homes.TryGetValue(user, out var home))
        {
            if (call.Text("hash") is not null) return ApiAnswer.Fail("hash_conflict");
            var id = workspace.NewId("V");
            home = new OpenView { Id = id, User = user, RootId = id, Definition = view, Hash = workspace.NewHash(), Inputs = InputState.Initial((JsonArray)view["blocks"]!) };
            workspace.Homes[user] = workspace.Views[id] = home;
        }
        else
        {
            if (call.Text("hash") is { } hash && hash != home.Hash) return ApiAnswer.Fail("hash_conflict");
            home.Replace(view, workspace.NewHash());
        }
        workspace.Changed();
        return Answer(home);
    }

    private (JsonObject? View, ApiAnswer? Refused) Checked(ApiCall call, string type) => Read(call.Json("view"), type, workspace.NewBlockId);

    private bool ExternalIdTaken(JsonObject view, OpenView? except) =>
        Wire.Text(view["external_id"]) is { Length: > 0 } id && workspace.Views.Values.Any(v => v != except && v.ExternalId == id);

    private ApiAnswer Answer(OpenView view) => ApiAnswer.With(("view", payloads.View(view)));
}
