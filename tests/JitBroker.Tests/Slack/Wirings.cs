namespace JitBroker.Tests.Slack;

/// <summary>How Slack and the broker reach each other.</summary>
public enum Wiring
{
    Http,
    HttpInChaos,
    Socket,
    SocketInChaos,
}

/// <summary>Stories that must go the same way however Slack is wired, and however unkind it is (attack E6).</summary>
public abstract class ChatSuite(Wiring wiring)
{
    private protected Task<SlackBench> StartAsync(
        JitBroker.Catalog.CatalogSnapshot? catalog = null,
        Func<JitBroker.Playground.PlaygroundOptions, JitBroker.Playground.PlaygroundOptions>? workspace = null,
        Func<JitBroker.Bots.Slack.SlackOptions, JitBroker.Bots.Slack.SlackOptions>? settings = null) => SlackBench.StartAsync(catalog, workspace, settings, wiring: wiring);
}

public sealed class AskTests() : AskSuite(Wiring.Http);

public sealed class AskInChaosTests() : AskSuite(Wiring.HttpInChaos);

public sealed class AskOverSocketsTests() : AskSuite(Wiring.Socket);

public sealed class AskOverSocketsInChaosTests() : AskSuite(Wiring.SocketInChaos);

public sealed class DecideTests() : DecideSuite(Wiring.Http);

public sealed class DecideInChaosTests() : DecideSuite(Wiring.HttpInChaos);

public sealed class DecideOverSocketsTests() : DecideSuite(Wiring.Socket);

public sealed class DecideOverSocketsInChaosTests() : DecideSuite(Wiring.SocketInChaos);

public sealed class LifeTests() : LifeSuite(Wiring.Http);

public sealed class LifeInChaosTests() : LifeSuite(Wiring.HttpInChaos);

public sealed class LifeOverSocketsTests() : LifeSuite(Wiring.Socket);

public sealed class LifeOverSocketsInChaosTests() : LifeSuite(Wiring.SocketInChaos);

public sealed class HomeTests() : HomeSuite(Wiring.Http);

public sealed class HomeOverSocketsTests() : HomeSuite(Wiring.Socket);

public sealed class SignInTests() : SignInSuite(Wiring.Http);

public sealed class SignInInChaosTests() : SignInSuite(Wiring.HttpInChaos);

public sealed class SignInOverSocketsTests() : SignInSuite(Wiring.Socket);

public sealed class SignInOverSocketsInChaosTests() : SignInSuite(Wiring.SocketInChaos);
