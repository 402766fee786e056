using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class TerminalTests
{
    private const string Hostile = "Eve\u001b[2J\u001b]0;owned\u0007\u001b[31m\u009b5m \u202Eevil\u202C\r\nroot\u0000\u0008!";

    [Fact]
    public void Escape_sequences_controls_and_reordering_are_dropped() => Assert.Equal("Eve evil root!", Clean.Of(Hostile));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("Zoë Ünal 李", "Zoë Ünal 李")]
    [InlineData("👩\u200d💻 ok", "👩\u200d💻 ok")]
    [InlineData("a\tb\n\nc", "a b c")]
    [InlineData("a\u2028b", "a b")]
    [InlineData("\u001b]8;;https://evil.example\u001b\\click\u001b]8;;\u001b\\", "click")]
    [InlineData("\u001bPq#0;2;0\u001b\\x", "x")]
    [InlineData("\u001b", "")]
    [InlineData("a\u001b[", "a")]
    [InlineData("a\u001b[31", "a31")]
    [InlineData("\u202Ddrowssap", "drowssap")]
    [InlineData("zero\u200bwidth\ufeff", "zerowidth")]
    [InlineData(null, "")]
    public void Text_of_others_is_made_harmless_and_stays_readable(string? text, string expected) => Assert.Equal(expected, Clean.Of(text));

    [Fact]
    public void A_very_long_hostile_text_is_cleaned_quickly()
    {
        var clean = Clean.Of(string.Concat(Enumerable.Repeat("\u001b]\u001b[", 50_000)) + "m the end");

        Assert.EndsWith("the end", clean, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', clean);
    }

    [Fact]
    public async Task Hostile_names_and_reasons_reach_neither_terminal_nor_pipe()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Requests.Add(Sample.Request() with { Requester = new PersonResource("eve@example.com", Hostile), Reason = Hostile, Entitlement = "x:" + Hostile });
        machine.Broker.AwaitingMe.Add(Sample.RequestId);

        foreach (var terminal in new[] { true, false })
        {
            machine.Terminal = terminal;
            var shown = (await machine.RunAsync("pending")).Out;
            Assert.DoesNotContain("\u001b[2J", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("\u001b]", shown, StringComparison.Ordinal);
            Assert.DoesNotContain("\u001b[5m", shown, StringComparison.Ordinal);
            Assert.DoesNotContain(shown, c => c is '\u0007' or '\u0008' or '\0' or '\u202E' or '\u009b');
        }
    }

    [Fact]
    public async Task A_hostile_refusal_is_cleaned_on_standard_error()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("GET /v1/me", Say.No(Codes.Inactive, Hostile));

        var ran = await machine.RunAsync("whoami");

        Assert.Equal("inactive  Eve evil root!\n", ran.Err);
    }

    [Fact]
    public async Task Brackets_in_text_are_text()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Terminal = true;
        machine.Broker.Entitlements.Add(Sample.Entitlement() with { Title = "[red]not markup[/] [[x" });

        Assert.Contains("[red]not markup[/] [[x", (await machine.RunAsync("list")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_gets_colour_and_hints_a_pipe_gets_neither()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Entitlements.Add(Sample.Entitlement());

        var piped = await machine.RunAsync("list");
        machine.Terminal = true;
        var shown = await machine.RunAsync("list");
        machine.Environment["NO_COLOR"] = "1";
        var colourless = await machine.RunAsync("list");

        Assert.DoesNotContain('\u001b', piped.Out);
        Assert.DoesNotContain("jit request", piped.Out, StringComparison.Ordinal);
        Assert.Contains("\u001b[36morders-db:read\u001b[0m", shown.Out, StringComparison.Ordinal);
        Assert.Contains("jit request ENTITLEMENT", shown.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[36m", colourless.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_id_is_never_broken_on_a_narrow_terminal()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Terminal = true;
        machine.Width = 60;
        machine.Environment["NO_COLOR"] = "1";
        machine.Broker.Requests.Add(Sample.Request());

        Assert.Contains(Sample.RequestId, (await machine.RunAsync("mine")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_narrow_terminal_gets_one_block_for_each_row()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Terminal = true;
        machine.Width = 60;
        machine.Environment["NO_COLOR"] = "1";
        machine.Broker.Requests.Add(Sample.Request());
        machine.Broker.AwaitingMe.Add(Sample.RequestId);

        var lines = (await machine.RunAsync("pending")).Out.Split('\n').Select(line => Clean.Of(line).TrimEnd());

        Assert.Contains("why          INC-42 slow checkout", lines);
        Assert.Contains("lapses       in 4h (14:00)", lines);
    }

    [Theory]
    [InlineData(0, "now")]
    [InlineData(30, "in 30s")]
    [InlineData(-90, "1m ago")]
    [InlineData(5400, "in 1h30m")]
    [InlineData(3600 * 47, "in 47h")]
    [InlineData(3600 * 24 * 9, "in 9d")]
    public void Times_are_near_or_far(int seconds, string expected) => Assert.Equal(expected, new Times(new JumpingClock()).Relative(JumpingClock.Start.AddSeconds(seconds)));

    [Theory]
    [InlineData(0, "10:00")]
    [InlineData(24, "23 Nov 10:00")]
    [InlineData(24 * 60, "21 Jan 2027 10:00")]
    public void Another_day_or_year_is_named(int hours, string expected) => Assert.Equal(expected, new Times(new JumpingClock()).Absolute(JumpingClock.Start.AddHours(hours)));
}
