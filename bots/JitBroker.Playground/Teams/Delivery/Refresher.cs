using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Teams.Cards;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Delivery;

/// <summary>The clients of people for whom a card has a view of their own: they ask for it when it appears, and again when it has changed.</summary>
internal sealed class Refresher(Tenant tenant, Activities activities, IBotDelivery bot) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Errands _errands = new();

    /// <summary>Asks in the background for all whom the card names; with nobody named, for all members of a chat of at most sixty. Callers hold the gate.</summary>
    public void Start(Chat chat, Post post)
    {
        if (!tenant.Options.RefreshesByItself || post.Card?["refresh"] is not JsonObject refresh) return;
        var named = refresh["userIds"] is JsonArray ids ? [.. ids.Select(Wire.Text).OfType<string>()] : chat.Members.Count <= CardShape.MostRefreshing ? chat.Members.ToList() : [];
        foreach (var person in named.Where(chat.Members.Contains).Distinct(StringComparer.Ordinal))
            _errands.Run(AskSoonAsync(chat, post, person));
    }

    /// <summary>Asks for that person's view now; null when the card has no refresh.</summary>
    /// <param name="trigger"><c>automatic</c> or <c>manual</c>.</param>
    public async Task<(DeliveryOutcome Outcome, CardAnswer Answer)?> AskAsync(Chat chat, Post post, string person, string trigger, CancellationToken ct)
    {
        JsonObject activity;
        int version;
        JsonObject? before;
        lock (tenant.Gate)
        {
            if ((post.CardOf(person)?["refresh"] ?? post.Card?["refresh"])?["action"] is not JsonObject action) return null;
            (version, before) = (post.Version, post.Views.GetValueOrDefault(person));
            activity = activities.Invoke(person, chat, post.Id, "adaptiveCard/action", new JsonObject { ["action"] = action.DeepClone(), ["trigger"] = trigger });
        }
        var outcome = await bot.DeliverAsync(activity, ct);
        var answer = CardAnswer.Of(outcome);
        lock (tenant.Gate)
        {
            // an answer to what has changed meanwhile, or before a press, is worth nothing
            if (post.Version == version && post.Views.GetValueOrDefault(person) == before && answer.Card is not null) post.Views[person] = answer.Card;
            tenant.Changed();
        }
        return (outcome, answer);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _errands.EndAsync();
        _stop.Dispose();
    }

    private async Task AskSoonAsync(Chat chat, Post post, string person)
    {
        // the caller still holds the gate, and the bot waits for its own answer
        await Task.Yield();
        await AskAsync(chat, post, person, "automatic", _stop.Token);
    }
}
