using System.Text.Json.Nodes;
using JitBroker.Catalog;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Slack;
using JitBroker.Tests.Teams;

namespace JitBroker.Tests.Chat;

/// <summary>Where something stands.</summary>
internal enum Place
{
    /// <summary>The channel where requests are decided.</summary>
    Requests,

    /// <summary>That of emergencies.</summary>
    Loud,

    Operations,

    /// <summary>The person's own chat with the bot.</summary>
    Direct,
}

/// <summary>A message as one person sees it, without any style.</summary>
internal sealed record Seen(string Text, IReadOnlyList<string> Buttons, Place Place, JsonObject Raw)
{
    public bool Has(string action) => Buttons.Contains(action, StringComparer.Ordinal);
}

/// <summary>A form as it stands open before one person.</summary>
/// <param name="Name">What sending it is called on the wire.</param>
/// <param name="Values">What is filled in, by field.</param>
internal sealed record SeenForm(string Name, string Text, IReadOnlyDictionary<string, string> Values)
{
    public string? this[string field] => Values.GetValueOrDefault(field);
}

/// <summary>What came of sending a form.</summary>
internal sealed record Sent(bool IsAccepted, IReadOnlyDictionary<string, string> Faults)
{
    /// <summary>All that was said, at whichever field.</summary>
    public string Says => string.Join('\n', Faults.Values);
}

/// <summary>
/// What people do and see in chat, whatever the surface: the suites are written in these words, so that each of their tests has its twin on every surface by construction. Behind it are the
/// broker's real door, the playground, a database and a clock that stands.
/// </summary>
internal abstract class ChatBench(SlackBench host) : IAsyncDisposable
{
    /// <summary>What surfaces share: the broker and everything around it.</summary>
    public SlackBench Host => host;

    public ManualClock Clock => host.Clock;

    public ScriptedIssuer Issuer => host.Issuer;

    /// <summary><c>slack</c> or <c>teams</c>.</summary>
    public abstract string Surface { get; }

    public T Get<T>()
        where T : notnull => host.Get<T>();

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null) => host.QueryAsync<T>(sql, parameters);

    public ValueTask DisposeAsync() => host.DisposeAsync();

    // What people do.

    /// <summary>Says something to the bot in the channel of requests; the answer is private.</summary>
    public abstract Task SayAsync(string person, string words);

    /// <summary>Presses a button; where this person has none, a client is forged that has.</summary>
    public abstract Task PressAsync(string person, Seen message, string action);

    /// <summary>A press from a client that makes up what it sends.</summary>
    public abstract Task ForgePressAsync(string person, string action, string id, Seen? message = null);

    /// <summary>Goes where the button to collect leads, and is told how else it is done.</summary>
    public abstract Task CollectAsync(string person, Seen card, string grantId);

    /// <summary>Fills in a field on which others depend, and waits until they follow.</summary>
    public abstract Task ChooseAsync(string person, string field, string value);

    /// <summary>What the field of the form offers to who types this.</summary>
    public abstract Task<IReadOnlyList<string>> OffersAsync(string person, string typed);

    public abstract Task<Sent> SubmitAsync(string person, params (string Field, string Value)[] values);

    /// <summary>A form from a client that makes up what it sends.</summary>
    public abstract Task<Sent> ForgeFormAsync(string person, string form, string about, params (string Field, string Value)[] values);

    /// <summary>Sends the form that stands open with nothing in it, past what the client itself checks.</summary>
    public abstract Task<Sent> SendEmptyAsync(string person);

    /// <summary>Opens everything of theirs: the Home tab, or what <c>mine</c> answers.</summary>
    public abstract Task<Seen> OpenHomeAsync(string person);

    /// <summary>Waits until their Home says so; where it is not kept true by itself they look again.</summary>
    public abstract Task<Seen> UntilHomeAsync(string person, string text);

    /// <summary>Presses the first button of that kind on their Home.</summary>
    public abstract Task PressHomeAsync(string person, string action);

    /// <summary>A press on their Home from a client that makes up what it sends.</summary>
    public abstract Task ForgeHomePressAsync(string person, string action, string id);

    /// <summary>What the surface offers to begin a request with, besides words: a shortcut, a command beside the composer.</summary>
    public abstract Task ShortcutAsync(string person);

    /// <summary>Writes to others, in the channel of requests; the bot is not told.</summary>
    /// <returns>The message's id.</returns>
    public abstract Task<string> WriteAsync(string person, string text);

    /// <summary>The same from the menu of a message.</summary>
    public abstract Task ShortcutOnAsync(string person, string message);

    /// <summary>An account that nobody knows yet.</summary>
    public abstract Task JoinAsync(string person, string name);

    /// <summary>What becomes of an account: <c>bot</c>, <c>guest</c>, <c>gone</c> or <c>foreign</c>.</summary>
    public abstract Task BecomesAsync(string person, string what);

    /// <summary>The chat service does not say who somebody is, once.</summary>
    public abstract Task HideAccountsOnceAsync();

    /// <summary>The next card in a channel is posted, and the broker is told that it was not.</summary>
    public abstract Task LosePostAsync();

    /// <summary>The next edit is refused for good.</summary>
    public abstract Task RefuseEditAsync();

    // What they see.

    /// <summary>What the bot has posted there, the oldest first, as this person sees it.</summary>
    public abstract Task<IReadOnlyList<Seen>> SeesAsync(string person, Place place = Place.Requests);

    /// <summary>What they alone were told lately.</summary>
    public abstract Task<IReadOnlyList<Seen>> ToldAsync(string person);

    public abstract Task<SeenForm?> FormAsync(string person);

    /// <summary>How the broker names an account: <c>slack:T0EX/U0ANA</c>.</summary>
    public abstract string AccountOf(string person);

    /// <summary>How people are told of an account.</summary>
    public abstract string SaidOf(string person);

    /// <summary>What one says to have somebody's account added to the catalog.</summary>
    public abstract string CatalogLineOf(string person);

    /// <summary>How a mention of somebody reads.</summary>
    public abstract string MentionOf(string person);

    /// <summary>The message whose thread it stands in; null: in none.</summary>
    public abstract string? ThreadOf(Seen message);

    public abstract string IdOf(Seen message);

    /// <summary>What an address that leads to a message has in it.</summary>
    public abstract string LinkTo(Place place, string message);

    /// <summary>All of a message in which markup, links or mentions would come to life, as it goes over the wire.</summary>
    public abstract string LiveOf(Seen message);

    /// <summary>The broker does not know that it posted a message, as when it died before that was written down.</summary>
    public async Task ForgetCopyAsync(Seen message)
    {
        await QueryAsync<string>("delete from deliveries where copy_id in (select id from copies where message = @id) returning id", new { id = IdOf(message) });
        Assert.Single(await QueryAsync<string>("delete from copies where message = @id returning id", new { id = IdOf(message) }));
    }

    /// <summary>Another catalog is in force, with the accounts of everybody in it.</summary>
    public void Replace(CatalogSnapshot catalog) => Get<CatalogHolder>().Replace(TeamsAccounts.With(catalog));

    public async Task<Seen?> CardAsync(string person = "bea", Place place = Place.Requests, string? having = null) =>
        (await SeesAsync(person, place)).LastOrDefault(m => having is null || m.Has(having));

    // What happens by itself.

    public Task UntilAsync(Func<Task<bool>> holds, int seconds = 60) => host.UntilAsync(holds, seconds);

    /// <summary>Waits until something there says so.</summary>
    public async Task<Seen> UntilCardAsync(string text, string person = "bea", Place place = Place.Requests)
    {
        Seen? found = null;
        await UntilAsync(async () => (found = (await SeesAsync(person, place)).LastOrDefault(m => m.Text.Contains(text, StringComparison.Ordinal))) is not null);
        return found!;
    }

    /// <summary>Waits until they alone are told so.</summary>
    public async Task<Seen> UntilToldAsync(string person, string text)
    {
        Seen? found = null;
        await UntilAsync(async () => (found = (await ToldAsync(person)).LastOrDefault(m => m.Text.Contains(text, StringComparison.Ordinal))) is not null);
        return found!;
    }

    public async Task<SeenForm> UntilFormAsync(string person, string text = "")
    {
        SeenForm? found = null;
        await UntilAsync(async () => (found = await FormAsync(person)) is { } form && form.Text.Contains(text, StringComparison.Ordinal));
        return found!;
    }

    /// <summary>Waits until a button stands on something in that person's own chat.</summary>
    public async Task<Seen> UntilButtonAsync(string person, string action, Place place = Place.Direct)
    {
        Seen? found = null;
        await UntilAsync(async () => (found = await CardAsync(person, place, action)) is not null);
        return found!;
    }

    /// <summary>Asks by words, and waits for the card of those who decide and the asker's own.</summary>
    public async Task<Seen> AskAsync(string person = "ana", string entitlement = TestCatalog.Logs, string duration = "1h", string reason = "INC-42 slow checkout")
    {
        await SayAsync(person, $"request {entitlement} {duration} {reason}");
        await UntilCardAsync("asks for");
        await UntilAsync(async () => await CardAsync(person, Place.Direct, "cancel") is not null || await CardAsync(person, Place.Direct, "collect") is not null);
        return (await CardAsync())!;
    }

    /// <summary>Asked for and approved by Bea.</summary>
    /// <returns>The grant's id.</returns>
    public async Task<string> GrantedAsync()
    {
        await PressAsync("bea", await AskAsync(), "approve");
        await UntilCardAsync("Approved by Bea", "ana", Place.Direct);
        await UntilCardAsync("ready for Ana");
        return (await QueryAsync<string>("select id from grants"))[0];
    }
}
