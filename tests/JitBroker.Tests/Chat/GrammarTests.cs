using FsCheck;
using FsCheck.Fluent;
using JitBroker.Bots.Chat;

namespace JitBroker.Tests.Chat;

/// <summary>The grammar of contract §5.</summary>
public sealed class GrammarTests
{
    [Theory]
    [InlineData("request orders-db:read 1h INC-42 slow checkout", "orders-db:read", "1h", "INC-42 slow checkout")]
    [InlineData("  REQUEST   orders-db:read   1h30m   why  ", "orders-db:read", "1h30m", "why")]
    [InlineData("request orders-db:read PT1H why", "orders-db:read", "PT1H", "why")]
    [InlineData("request orders-db:read INC-42 1h", "orders-db:read", null, "INC-42 1h")]
    [InlineData("request orders-db:read 1hour please", "orders-db:read", null, "1hour please")]
    [InlineData("request orders-db:read 0s now", "orders-db:read", "0s", "now")]
    [InlineData("request orders-db:read", "orders-db:read", null, "")]
    [InlineData("request orders-db:read 2d", "orders-db:read", "2d", "")]
    [InlineData("request", null, null, "")]
    [InlineData("request 1h", "1h", null, "")]
    [InlineData("request x 1h\nsecond line", "x", "1h", "second line")]
    public void Request_takes_a_name_then_a_duration_if_it_is_one_then_the_reason(string typed, string? entitlement, string? duration, string reason)
    {
        var ask = Assert.IsType<ChatCommand.Ask>(Grammar.Parse(typed));
        Assert.Equal((entitlement, duration, reason), (ask.Entitlement, ask.Duration, ask.Reason));
    }

    [Fact]
    public void Each_verb_is_its_own_command()
    {
        Assert.IsType<ChatCommand.Mine>(Grammar.Parse("mine"));
        Assert.IsType<ChatCommand.Pending>(Grammar.Parse("Pending"));
        Assert.IsType<ChatCommand.WhoAmI>(Grammar.Parse(" whoami "));
        Assert.IsType<ChatCommand.Help>(Grammar.Parse("help me"));
        Assert.IsType<ChatCommand.Help>(Grammar.Parse(""));
        Assert.IsType<ChatCommand.Help>(Grammar.Parse(null));
        Assert.Equal(new ChatCommand.Withdraw("orders-db:read"), Grammar.Parse("cancel orders-db:read"));
        Assert.Equal(new ChatCommand.Withdraw(null), Grammar.Parse("cancel"));
        Assert.Equal(new ChatCommand.Done(null), Grammar.Parse("done"));
        Assert.Equal(new ChatCommand.Revoke("01ABCDEF", "wrong database"), Grammar.Parse("revoke 01ABCDEF wrong database"));
        Assert.Equal(new ChatCommand.Revoke(null, ""), Grammar.Parse("revoke"));
        Assert.Equal(new ChatCommand.Extend("logs:read", "30m", "INC-42 still looking"), Grammar.Parse("extend logs:read 30m INC-42 still looking"));
        Assert.Equal(new ChatCommand.Extend(null, null, ""), Grammar.Parse("extend"));
        Assert.Equal(new ChatCommand.BreakGlass("logs:read", "30m", "INC-77", "checkout down"), Grammar.Parse("breakglass logs:read 30m INC-77 checkout down"));
        Assert.Equal(new ChatCommand.BreakGlass("logs:read", null, "INC-77", "checkout down"), Grammar.Parse("breakglass logs:read INC-77 checkout down"));
        Assert.Equal(new ChatCommand.BreakGlass(null, null, null, ""), Grammar.Parse("breakglass"));
        Assert.Equal(new ChatCommand.Review("01ABCDEF", "misuse", "no incident at all"), Grammar.Parse("review 01ABCDEF misuse no incident at all"));
        Assert.Equal(new ChatCommand.Lift("01ABCDEF", "needed again"), Grammar.Parse("lift 01ABCDEF needed again"));
        Assert.Equal(new ChatCommand.Login("BCDF-GHJK"), Grammar.Parse("login BCDF-GHJK"));
        Assert.Equal(new ChatCommand.Link("BCDF-GHJK"), Grammar.Parse("link BCDF-GHJK"));
        Assert.Equal(new ChatCommand.Link(null), Grammar.Parse("LINK "));
    }

    [Theory]
    [InlineData("requets orders-db:read", "request")]
    [InlineData("pendign", "pending")]
    [InlineData("mines", "mine")]
    [InlineData("orders-db:read", null)]
    [InlineData("🤷", null)]
    public void An_unknown_word_gets_the_nearest_one(string typed, string? nearest) =>
        Assert.Equal(nearest, Assert.IsType<ChatCommand.Unknown>(Grammar.Parse(typed)).Nearest);

    [Fact]
    public void Any_text_is_some_command_and_never_throws() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            var command = Grammar.Parse(text);
            if (command is ChatCommand.Unknown unknown)
                Assert.NotEmpty(Help.For(unknown).Parts);
            return command is not null;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_a_reason_says_is_never_read_as_anything_else() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>(), text =>
        {
            var reason = text.Get.Trim();
            return reason.Length == 0 || Grammar.Parse("request a:b 1h " + reason) is ChatCommand.Ask { Entitlement: "a:b", Duration: "1h" } ask && ask.Reason == reason;
        }).QuickCheckThrowOnFailure();
}
