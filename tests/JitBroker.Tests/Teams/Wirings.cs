using JitBroker.Tests.Chat;

namespace JitBroker.Tests.Teams;

public sealed class AskTests() : AskSuite(Wiring.Teams);

public sealed class AskInChaosTests() : AskSuite(Wiring.TeamsInChaos);

public sealed class DecideTests() : DecideSuite(Wiring.Teams);

public sealed class DecideInChaosTests() : DecideSuite(Wiring.TeamsInChaos);

public sealed class LifeTests() : LifeSuite(Wiring.Teams);

public sealed class LifeInChaosTests() : LifeSuite(Wiring.TeamsInChaos);

public sealed class SignInTests() : SignInSuite(Wiring.Teams);

public sealed class ApproveLessTests() : ApproveLessSuite(Wiring.Teams);

public sealed class EmergencyTests() : EmergencySuite(Wiring.Teams);

public sealed class LinkTests() : LinkSuite(Wiring.Teams);

public sealed class WaitingTests() : WaitingSuite(Wiring.Teams);

public sealed class HomeTests() : HomeSuite(Wiring.Teams);

public sealed class ShortcutTests() : ShortcutSuite(Wiring.Teams);

public sealed class AnswerTests() : AnswerSuite(Wiring.Teams);

public sealed class StrayTests() : StraySuite(Wiring.Teams);

public sealed class AbuseTests() : AbuseSuite(Wiring.Teams);

public sealed class StormTests() : StormSuite(Wiring.TeamsInChaos);
