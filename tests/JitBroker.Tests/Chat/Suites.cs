using JitBroker.Catalog;
using JitBroker.Tests.Slack;
using JitBroker.Tests.Teams;

namespace JitBroker.Tests.Chat;

/// <summary>How a chat service and the broker reach each other, and how kind it is.</summary>
public enum Wiring
{
    Http,
    HttpInChaos,
    Socket,
    SocketInChaos,
    Teams,
    TeamsInChaos,

    /// <summary>Slack over HTTP and Teams beside each other.</summary>
    Both,
}

/// <summary>Stories that must go the same way in every chat, however it is wired and however unkind it is (attack E6).</summary>
public abstract class ChatSuite(Wiring wiring)
{
    /// <param name="people">Who has an account besides the five, by handle.</param>
    /// <param name="loud">Whether there is a channel for emergencies.</param>
    private protected async Task<ChatBench> StartAsync(CatalogSnapshot? catalog = null, string[]? people = null, bool loud = false)
    {
        var host = await SlackBench.StartAsync(
            catalog, settings: o => loud ? o with { BreakGlassChannel = SlackBench.Loud } : o, wiring: wiring, teams: o => loud ? o with { BreakGlassChannel = TeamsChat.Loud } : o);
        ChatBench bench = wiring is Wiring.Teams or Wiring.TeamsInChaos ? new TeamsChat(host) : new SlackChat(host);
        foreach (var person in people ?? [])
            await bench.JoinAsync(person, char.ToUpperInvariant(person[0]) + person[1..]);
        return bench;
    }
}
