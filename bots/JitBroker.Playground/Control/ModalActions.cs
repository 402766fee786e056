using System.Text.Json.Nodes;
using JitBroker.Playground.Blocks;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.State;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground.Control;

/// <summary>Submitting and closing modals, and what the app's answer does to the stack.</summary>
internal sealed class ModalActions(Workspace workspace, Payloads payloads, IAppDelivery app, ViewMethods views)
{
    internal const string Trouble = "We had some trouble connecting. Try again?";

    /// <summary>
    /// <c>{person, view_id?, values?, force?}</c>: submits the top modal (or that one). <c>values</c> = block id → action id → what is entered, or the
    /// state itself. <c>force</c> skips what Slack's own client checks. → <c>{ok, errors?}</c>.
    /// </summary>
    public async Task<ControlAnswer> SubmitAsync(ControlRequest request, CancellationToken ct)
    {
        AppDelivery delivery;
        OpenView view;
        lock (workspace.Gate)
        {
            view = Open(request);
            Enter(view, request.Body["values"] as JsonObject);
            view.Errors.Clear();
            view.Notice = null;
            if (!request.Flag("force")) foreach (var (block, what) in FormChecks.Faults(view)) view.Errors[block] = what;
            if (view.Errors.Count > 0) return WithErrors(view, ControlAnswer.Done(("delivered", false)));
            var payload = payloads.Interaction("view_submission", view.User);
            payload["view"] = payloads.View(view);
            payload["response_urls"] = new JsonArray();
            delivery = payloads.Interactive(payload);
        }
        var outcome = await app.DeliverAsync(delivery, ct);
        lock (workspace.Gate)
        {
            var problem = outcome.Ok ? Apply(view, outcome) : outcome.Failure;
            if (problem is not null) view.Notice = Trouble;
            workspace.Changed();
            return WithErrors(view, ControlAnswer.From(outcome, problem));
        }
    }

    /// <summary><c>{person, view_id?, all?}</c>: Cancel closes one view, the cross (<c>all</c>) the whole stack.</summary>
    public async Task<ControlAnswer> CloseAsync(ControlRequest request, CancellationToken ct)
    {
        AppDelivery? delivery;
        lock (workspace.Gate)
        {
            var view = Open(request);
            var all = request.Flag("all") || Wire.Flag(view.Definition["clear_on_close"]);
            delivery = Closed(view, all);
            workspace.CloseFrom(all ? workspace.ModalsOf(view.User)[0] : view);
        }
        return delivery is null ? ControlAnswer.Done(("delivered", false)) : ControlAnswer.From(await app.DeliverAsync(delivery, ct));
    }

    private AppDelivery? Closed(OpenView view, bool all)
    {
        if (!Wire.Flag(view.Definition["notify_on_close"])) return null;
        var payload = payloads.Interaction("view_closed", view.User, withTrigger: false);
        payload["view"] = payloads.View(view);
        payload["is_cleared"] = all;
        return payloads.Interactive(payload);
    }

    private OpenView Open(ControlRequest request)
    {
        var person = request.Person(workspace);
        var stack = workspace.ModalsOf(person);
        var view = request.Text("view_id") is { } id ? stack.Find(v => v.Id == id) : stack.LastOrDefault();
        return view ?? throw new ControlFault($"{person} has no such modal open.");
    }

    private static void Enter(OpenView view, JsonObject? values)
    {
        foreach (var (blockId, actions) in values ?? [])
            foreach (var (actionId, given) in actions as JsonObject ?? [])
            {
                var found = BlockWalk.Find(view.Blocks, blockId, actionId) ?? throw new ControlFault($"This modal has no input \"{actionId}\" in block \"{blockId}\".");
                var kind = InputKind.Of(found.Element) ?? throw new ControlFault($"\"{actionId}\" takes no value.");
                var state = kind.Entered(found.Element, view.Offered.GetValueOrDefault((blockId, actionId)), given, out var problem);
                if (problem is not null) throw new ControlFault(problem);
                view.Inputs.Set(blockId, actionId, state);
            }
    }

    /// <summary>Null when the answer was understood and took effect; else what is wrong with it.</summary>
    private string? Apply(OpenView view, DeliveryOutcome outcome)
    {
        if (string.IsNullOrWhiteSpace(outcome.Body)) { workspace.CloseFrom(view); return null; }
        if (outcome.Json is not { } answer || outcome.ContentType != "application/json") return "The answer to view_submission must be empty or application/json.";
        switch (Wire.Text(answer["response_action"]))
        {
            case null: workspace.CloseFrom(view); return null;
            case "clear": workspace.CloseFrom(workspace.ModalsOf(view.User)[0]); return null;
            case "errors": return Errors(view, answer["errors"] as JsonObject);
            case "update": return Checked(answer, definition => view.Replace(definition, workspace.NewHash()));
            case "push" when workspace.ModalsOf(view.User).Count >= ViewMethods.MaxDepth: return "push_limit_reached";
            case "push": return Checked(answer, definition => views.Show(view.User, definition, view));
            case { } other: return $"There is no response_action \"{other}\".";
        }
    }

    private string? Checked(JsonObject answer, Action<JsonObject> use)
    {
        var (definition, refused) = ViewMethods.Read(answer["view"], "modal", workspace.NewBlockId);
        if (definition is null) return refused!.Body.ToJsonString(Wire.Json);
        use(definition);
        return null;
    }

    private static string? Errors(OpenView view, JsonObject? errors)
    {
        if (errors is null || errors.Count == 0) return "response_action errors needs errors.";
        var inputs = view.Blocks.OfType<JsonObject>().Where(b => Wire.Text(b["type"]) == "input").Select(b => (string)b["block_id"]!).ToHashSet(StringComparer.Ordinal);
        if (errors.FirstOrDefault(e => !inputs.Contains(e.Key)).Key is { } unknown) return $"There is no input block \"{unknown}\" to show an error at.";
        foreach (var (block, what) in errors) view.Errors[block] = Wire.Text(what) ?? "";
        return null;
    }

    private static ControlAnswer WithErrors(OpenView view, ControlAnswer answer)
    {
        if (view.Errors.Count == 0) return answer;
        answer.Body["ok"] = false;
        answer.Body["error"] ??= "The form was not accepted.";
        answer.Body["errors"] = new JsonObject(view.Errors.Select(e => KeyValuePair.Create<string, JsonNode?>(e.Key, e.Value)));
        return answer;
    }
}
