using System.Text.Json.Nodes;
using JitBroker.Playground.Control;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Teams.Cards;
using JitBroker.Playground.Teams.Connector;
using JitBroker.Playground.Teams.Delivery;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Control;

/// <summary>Dialogs: opened by a button's <c>task/fetch</c>, sent by <c>task/submit</c>, and what the bot's answer does to them.</summary>
internal sealed class DialogSteps(Tenant tenant, Activities activities, IBotDelivery bot)
{
    /// <summary>The button was pressed: asks for what to show.</summary>
    public async Task<ControlAnswer> FetchAsync(string person, Chat chat, Post post, JsonNode data, CancellationToken ct)
    {
        JsonObject activity;
        lock (tenant.Gate) activity = activities.Invoke(person, chat, post.Id, "task/fetch", Value(data));
        var outcome = await bot.DeliverAsync(activity, ct);
        lock (tenant.Gate)
        {
            var (shown, text) = Read(outcome);
            if (shown is Step.Continue) Open(person, chat, post.Id, outcome.Json!, null);
            else if (text is { Length: > 0 }) post.Notes[person] = new Note(text, shown is Step.Trouble);
            tenant.Changed();
            return Told(outcome, shown, text, null);
        }
    }

    /// <summary><c>{person, conversation, command, id?}</c>: a command beside the composer, or on a message. → <c>{ok, shown, text?}</c>.</summary>
    public async Task<ControlAnswer> ExtendAsync(ControlRequest request, CancellationToken ct)
    {
        JsonObject activity;
        JsonObject chosen;
        string person;
        Chat chat;
        Post? post;
        lock (tenant.Gate)
        {
            person = request.Person(tenant);
            chat = request.Chat(tenant, person);
            var command = request.Need("command");
            var offered = tenant.Options.Extensions.FirstOrDefault(e => e.Id == command) ?? throw new ControlFault($"The app has no command \"{command}\".");
            post = offered.OnMessage ? request.Post(chat) : null;
            chosen = new JsonObject { ["commandId"] = command, ["commandContext"] = post is null ? "compose" : "message" };
            if (post is not null) chosen["messagePayload"] = activities.MessagePayload(chat, post);
            var value = (JsonObject)chosen.DeepClone();
            value["context"] = new JsonObject { ["theme"] = "default" };
            activity = activities.Invoke(person, chat, post?.Id, "composeExtension/fetchTask", value);
        }
        var outcome = await bot.DeliverAsync(activity, ct);
        lock (tenant.Gate)
        {
            var (shown, text) = Read(outcome);
            if (shown is Step.Continue) Open(person, chat, post?.Id, outcome.Json!, chosen);
            tenant.Changed();
            return Told(outcome, shown, text, null);
        }
    }

    /// <summary><c>{person, verb? | title? | index? | action?, inputs?, override?, force?}</c>: presses a button of the open dialog, by default the first. → <c>{ok, shown, text?, errors?}</c>.</summary>
    public async Task<ControlAnswer> SubmitAsync(ControlRequest request, CancellationToken ct)
    {
        JsonObject activity;
        Dialog dialog;
        lock (tenant.Gate)
        {
            dialog = Of(request);
            request.Enter(dialog.Card, dialog.Inputs);
            var action = request.Action(dialog.Card);
            dialog.Notice = null;
            dialog.Errors.Clear();
            foreach (var (id, what) in request.Faults(action, dialog.Inputs)) dialog.Errors[id] = what;
            tenant.Changed();
            if (dialog.Errors.Count > 0) return CardPresses.Refused(dialog.Errors);
            activity = Submit(dialog, request.Data(action, dialog.Inputs));
        }
        var outcome = await bot.DeliverAsync(activity, ct);
        lock (tenant.Gate)
        {
            var (shown, text) = Read(outcome);
            Apply(dialog, shown, text, outcome);
            tenant.Changed();
            return Told(outcome, shown, text, dialog);
        }
    }

    /// <summary><c>{person, inputs}</c>: remembers what is typed, and tells nobody.</summary>
    public ControlAnswer Enter(ControlRequest request)
    {
        lock (tenant.Gate)
        {
            var dialog = Of(request);
            request.Enter(dialog.Card, dialog.Inputs);
            foreach (var (id, _) in request.Body["inputs"] as JsonObject ?? [])
                if (dialog.Errors.Remove(id)) tenant.Changed();
            return ControlAnswer.Done();
        }
    }

    /// <summary><c>{person}</c>: closes the dialog; the bot is told nothing.</summary>
    public ControlAnswer Close(ControlRequest request)
    {
        lock (tenant.Gate)
        {
            tenant.Dialogs.Remove(Of(request).Person);
            tenant.Changed();
            return ControlAnswer.Done();
        }
    }

    private enum Step { Continue, Message, Close, Trouble }

    private Dialog Of(ControlRequest request)
    {
        var person = request.Person(tenant);
        return tenant.Dialogs.GetValueOrDefault(person) ?? throw new ControlFault($"{person} has no dialog open.");
    }

    private JsonObject Submit(Dialog dialog, JsonNode data)
    {
        var value = Value(data);
        foreach (var (name, chosen) in dialog.Extension ?? []) value[name] = chosen?.DeepClone();
        return activities.Invoke(dialog.Person, dialog.Where, dialog.PostId, dialog.Extension is null ? "task/submit" : "composeExtension/submitAction", value);
    }

    private void Open(string person, Chat chat, string? postId, JsonObject answer, JsonObject? extension)
    {
        var value = (JsonObject)answer["task"]!["value"]!;
        tenant.Dialogs[person] = new Dialog
        {
            Person = person, Where = chat, PostId = postId, Extension = extension, Title = Wire.Text(value["title"]) ?? tenant.Options.AppName, Height = value["height"]?.DeepClone(), Width = value["width"]?.DeepClone(), Card = CardOf(value),
        };
    }

    private void Apply(Dialog dialog, Step shown, string? text, DeliveryOutcome outcome)
    {
        if (shown is Step.Trouble)
        {
            dialog.Notice = CardAnswer.Trouble;
            return;
        }
        if (tenant.Dialogs.GetValueOrDefault(dialog.Person) != dialog) return;
        if (shown is Step.Continue)
        {
            var value = (JsonObject)outcome.Json!["task"]!["value"]!;
            (dialog.Title, dialog.Card) = (Wire.Text(value["title"]) ?? dialog.Title, CardOf(value));
            dialog.Step++;
            // another card: what it does not give a value for begins empty
            dialog.Inputs.Clear();
            return;
        }
        tenant.Dialogs.Remove(dialog.Person);
        if (text is { Length: > 0 } && dialog.PostId is { } id && dialog.Where.Find(id) is { } post) post.Notes[dialog.Person] = new Note(text, IsError: false);
    }

    /// <summary>What the answer is, with its text or what is wrong with it.</summary>
    private static (Step Shown, string? Text) Read(DeliveryOutcome outcome)
    {
        if (!outcome.Ok) return (Step.Trouble, outcome.Failure);
        if (string.IsNullOrWhiteSpace(outcome.Body) || outcome.Json is { Count: 0 }) return (Step.Close, null);
        if (outcome.Json?["task"] is not JsonObject task) return (Step.Trouble, "the answer has no \"task\"");
        switch (Wire.Text(task["type"]))
        {
            case "message": return (Step.Message, Wire.Text(task["value"]));
            case "continue" when task["value"] is JsonObject value:
                if (Wire.Text(value["card"]?["contentType"]) != SentActivity.CardType) return (Step.Trouble, "a dialog of this tenant shows a card");
                return CardShape.Faults(value["card"]!["content"], inDialog: true) is { Count: > 0 } faults ? (Step.Trouble, string.Join("; ", faults)) : (Step.Continue, null);
            default: return (Step.Trouble, $"there is no task type \"{Wire.Text(task["type"])}\"");
        }
    }

    private static JsonObject CardOf(JsonObject value) => (JsonObject)value["card"]!["content"]!.DeepClone();

    private static JsonObject Value(JsonNode data) => new() { ["data"] = data.DeepClone(), ["context"] = new JsonObject { ["theme"] = "default" }, ["tabContext"] = null };

    private static ControlAnswer Told(DeliveryOutcome outcome, Step shown, string? text, Dialog? dialog)
    {
        var told = ControlAnswer.From(outcome, shown is Step.Trouble ? text : null);
        told.Body["shown"] = shown switch { Step.Continue => "dialog", Step.Message => "text", Step.Close => "nothing", Step.Trouble => "error" };
        told.Body["text"] = text;
        if (shown is Step.Continue && dialog is not null) told.Body["step"] = dialog.Step;
        return told;
    }
}
