using JitBroker.Tests.Chat;

namespace JitBroker.Tests.Slack;

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

public sealed class ApproveLessTests() : ApproveLessSuite(Wiring.Http);

public sealed class EmergencyTests() : EmergencySuite(Wiring.Http);

public sealed class WaitingTests() : WaitingSuite(Wiring.Http);

public sealed class ShortcutTests() : ShortcutSuite(Wiring.Http);

public sealed class AnswerTests() : AnswerSuite(Wiring.Http);

public sealed class StrayTests() : StraySuite(Wiring.Http);

public sealed class AbuseTests() : AbuseSuite(Wiring.Http);

public sealed class StormTests() : StormSuite(Wiring.HttpInChaos);

public sealed class StormOverSocketsTests() : StormSuite(Wiring.SocketInChaos);
