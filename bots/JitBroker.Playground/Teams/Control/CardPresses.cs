using System.Text.Json.Nodes;
using JitBroker.Playground.Control;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Teams.Cards;
using JitBroker.Playground.Teams.Delivery;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Control;

/// <summary>Pressing the buttons of a card in a conversation.</summary>
internal sealed class CardPresses(Tenant tenant, Activities activities, IBotDelivery bot, Refresher refresher, DialogSteps dialogs)
{
    /// <summary>
    /// <c>{person, conversation, id, verb? | title? | index? | action?, inputs?, override?, force?}</c>. <c>inputs</c> are entered first; <c>override</c> changes fields of the
    /// data as a hostile client would. → <c>{ok, error?, shown: card|text|error|dialog|nothing, text?, errors?}</c>.
    /// </summary>
    public async Task<ControlAnswer> ActAsync(ControlRequest request, CancellationToken ct)
    {
        Press press;
        lock (tenant.Gate)
        {
            press = Prepare(request);
            if (press.Faults.Count > 0) return Refused(press.Faults);
            tenant.Changed();
        }
        return Wire.Text(press.Action["type"]) switch
        {
            "Action.Execute" => await ExecuteAsync(press, ct),
            "Action.Submit" when Wire.Text(press.Data["msteams"]?["type"]) == "task/fetch" => await dialogs.FetchAsync(press.Person, press.Chat, press.Post, press.Data, ct),
            "Action.Submit" => await SubmitAsync(press, ct),
            { } other => ControlAnswer.Refused($"{other} does not reach the bot."),
            null => ControlAnswer.Refused("An action needs a type."),
        };
    }

    /// <summary><c>{person, conversation, id, inputs}</c>: remembers what is typed, and tells nobody.</summary>
    public ControlAnswer Enter(ControlRequest request)
    {
        lock (tenant.Gate)
        {
            var person = request.Person(tenant);
            var post = request.Post(request.Chat(tenant, person));
            request.Enter(post.CardOf(person) ?? [], post.InputsOf(person));
            return ControlAnswer.Done();
        }
    }

    /// <summary><c>{person, conversation, id}</c>: asks for that person's view, as their client does when it shows the card.</summary>
    public async Task<ControlAnswer> RefreshAsync(ControlRequest request, CancellationToken ct)
    {
        Chat chat;
        Post post;
        string person;
        lock (tenant.Gate)
        {
            person = request.Person(tenant);
            chat = request.Chat(tenant, person);
            post = request.Post(chat);
        }
        return await refresher.AskAsync(chat, post, person, request.Text("trigger") ?? "manual", ct) is { } asked
            ? Told(asked.Outcome, asked.Answer) : ControlAnswer.Refused("This card has no refresh.");
    }

    private Press Prepare(ControlRequest request)
    {
        var person = request.Person(tenant);
        var chat = request.Chat(tenant, person);
        var post = request.Post(chat);
        var card = post.CardOf(person) ?? throw new ControlFault($"Message {post.Id} has no card.");
        var entered = post.InputsOf(person);
        request.Enter(card, entered);
        var action = request.Action(card);
        post.Notes.Remove(person);
        return new Press(person, chat, post, action.Action, request.Data(action, entered), request.Faults(action, entered));
    }

    private async Task<ControlAnswer> ExecuteAsync(Press press, CancellationToken ct)
    {
        JsonObject activity;
        int version;
        lock (tenant.Gate)
        {
            version = press.Post.Version;
            var action = new JsonObject { ["type"] = "Action.Execute", ["title"] = press.Action["title"]?.DeepClone(), ["verb"] = press.Action["verb"]?.DeepClone(), ["data"] = press.Data.DeepClone() };
            activity = activities.Invoke(press.Person, press.Chat, press.Post.Id, "adaptiveCard/action", new JsonObject { ["action"] = action, ["trigger"] = "manual" });
        }
        var outcome = await bot.DeliverAsync(activity, ct);
        var answer = CardAnswer.Of(outcome);
        lock (tenant.Gate)
        {
            // the bot may have changed the message before its answer arrived; what it changed it to is newer
            if (answer.Card is not null && press.Post.Version == version) press.Post.Views[press.Person] = answer.Card;
            if (answer.Text is { Length: > 0 } text) press.Post.Notes[press.Person] = new Note(text, answer.IsError);
            if (answer.Card is not null) press.Post.Inputs.Remove(press.Person);
            tenant.Changed();
        }
        return Told(outcome, answer);
    }

    private async Task<ControlAnswer> SubmitAsync(Press press, CancellationToken ct)
    {
        JsonObject activity;
        lock (tenant.Gate) activity = activities.Submit(press.Person, press.Chat, press.Post, press.Data);
        var outcome = await bot.DeliverAsync(activity, ct);
        lock (tenant.Gate)
        {
            if (!outcome.Ok) press.Post.Notes[press.Person] = new Note(CardAnswer.Trouble, IsError: true);
            tenant.Changed();
        }
        return ControlAnswer.From(outcome);
    }

    private static ControlAnswer Told(DeliveryOutcome outcome, CardAnswer answer)
    {
        var told = ControlAnswer.From(outcome, outcome.Ok ? answer.Problem ?? (answer.IsError ? answer.Text : null) : null);
        told.Body["shown"] = answer.Card is not null ? "card" : answer.IsError ? "error" : "text";
        told.Body["text"] = answer.Text;
        return told;
    }

    internal static ControlAnswer Refused(Dictionary<string, string> faults) => ControlAnswer.Done(("ok", false), ("error", "The form was not accepted."), ("delivered", false),
        ("errors", new JsonObject(faults.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value)))));

    private sealed record Press(string Person, Chat Chat, Post Post, JsonObject Action, JsonNode Data, Dictionary<string, string> Faults);
}
