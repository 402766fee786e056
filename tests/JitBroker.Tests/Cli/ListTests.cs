using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class ListTests
{
    [Fact]
    public async Task List_shows_what_one_may_ask_for_in_aligned_columns()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Entitlements.AddRange([Sample.Entitlement(), Sample.Entitlement("payments-logs:read") with { Title = "Payments logs", Risk = Risk.High }]);

        var lines = (await machine.RunAsync("list")).Out.Split('\n');

        Assert.Equal("ENTITLEMENT         WHAT IT IS                  RISK  FOR           WHO DECIDES       REASON", lines[0]);
        Assert.Equal("orders-db:read      Orders database, read only  low   1h, up to 8h  1 of data-owners  Name a ticket, e.g. INC-42", lines[1]);
        Assert.StartsWith("payments-logs:read  Payments logs               high  1h, up to 8h", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list", "There is nothing you may ask for.")]
    [InlineData("pending", "Nothing waits for your decision.")]
    [InlineData("mine", "You hold nothing, and nothing you asked for is waiting.")]
    public async Task Nothing_to_show_is_said_in_words(string verb, string sentence)
    {
        await using var machine = await Machine.SignedInAsync();

        var ran = await machine.RunAsync(verb);

        Assert.Equal(0, ran.Exit);
        Assert.StartsWith(sentence, ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pending_asks_for_what_waits_for_me()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Requests.AddRange([Sample.Request(), Sample.Request("01KAM0OTHERAAAAAAAAAAAAAAA") with { Requester = Sample.Cy }]);
        machine.Broker.AwaitingMe.Add("01KAM0OTHERAAAAAAAAAAAAAAA");

        var ran = await machine.RunAsync("pending");

        Assert.Equal("?state=pending&awaiting=me&limit=200", machine.Broker.CallsOf("GET /v1/requests").Single().Query);
        Assert.Contains("01KAM0OTHERAAAAAAAAAAAAAAA  Cy   orders-db:read  1h   INC-42 slow checkout  1 of data-owners  2m ago  in 4h (14:00)", ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Sample.RequestId, ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mine_shows_what_lives_and_what_waits_and_hides_what_is_over()
    {
        await using var machine = await Machine.SignedInAsync();
        var lease = new LeaseResource { Id = "01KAM0LEASE", State = LeaseState.Revoking, ExpiresAt = null, RevokedAt = null, Verified = null, Attempts = 7, LastError = "orders-db does not answer", StuckSince = JumpingClock.Start.AddMinutes(-5) };
        machine.Broker.Requests.Add(Sample.Request());
        machine.Broker.Grants.AddRange(
        [
            Sample.Grant(),
            Sample.Grant("01KAM0ENDINGAAAAAAAAAAAAAA", "stuck:one", GrantState.Ending) with { Leases = [lease] },
            Sample.Grant("01KAM0ENDEDAAAAAAAAAAAAAAA", "over:gone", GrantState.Ended),
        ]);

        var ran = await machine.RunAsync("mine");

        Assert.Contains($"{Sample.GrantId}  orders-db:read  active  ends in 58m (10:58)", ran.Out, StringComparison.Ordinal);
        Assert.Contains("ENDING SINCE 09:55, NOT VERIFIED: orders-db does not answer (attempt 7)", ran.Out, StringComparison.Ordinal);
        Assert.Contains(Sample.RequestId, ran.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("over:gone", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_is_to_make_access_last_longer_is_marked_in_lists_and_unchanged_in_json()
    {
        await using var machine = await Machine.SignedInAsync();
        var extension = Sample.Request("01KAM0LONGERAAAAAAAAAAAAAA") with { Kind = RequestKind.Extension };
        machine.Broker.Requests.AddRange([Sample.Request(), extension]);
        machine.Broker.AwaitingMe.Add(extension.Id);

        var mine = await machine.RunAsync("mine");
        var pending = await machine.RunAsync("pending");
        var json = await machine.RunAsync("mine", "-o", "json");

        Assert.Contains($"{extension.Id}  orders-db:read (extension)  pending  1h", mine.Out, StringComparison.Ordinal);
        Assert.Contains($"{Sample.RequestId}  orders-db:read              pending  1h", mine.Out, StringComparison.Ordinal);
        Assert.Contains($"{extension.Id}  Ana Diaz  orders-db:read (extension)  1h", pending.Out, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"extension\"", json.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("(extension)", json.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("list", "GET /v1/entitlements")]
    [InlineData("pending", "GET /v1/requests")]
    [InlineData("whoami", "GET /v1/me")]
    public async Task Json_is_the_page_as_the_broker_gave_it(string verb, string path)
    {
        await using var machine = await Machine.SignedInAsync();
        var body = verb == "whoami"
            ? """{"email":"a","name":"b","roles":[],"groups":[],"identities":[],"sessions":[] , "later" : 1e3}"""
            : """{ "items" : [ ], "next":"c%2F2" , "later" : [1.0, "\u001b"]}""";
        machine.Broker.On(path, new Say(200, body));

        var ran = await machine.RunAsync(verb, "-o", "json");

        Assert.Equal((0, body + "\n"), (ran.Exit, ran.Out));
        Assert.Equal(verb == "whoami" ? "" : "more: --cursor c%2F2\n", ran.Err);
    }

    [Fact]
    public async Task Json_of_mine_holds_both_answers_unchanged()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("GET /v1/requests", new Say(200, """{"items":[],"next":null, "a":1.0}"""));
        machine.Broker.On("GET /v1/grants", new Say(200, """{"items":[],"next":null, "b":2.0}"""));

        Assert.Equal("""{"requests":{"items":[],"next":null, "a":1.0},"grants":{"items":[],"next":null, "b":2.0}}""" + "\n", (await machine.RunAsync("mine", "-o", "json")).Out);
    }

    [Fact]
    public async Task A_long_list_is_followed_to_its_end()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("GET /v1/entitlements", call => Say.Ok(call.Query.Contains("cursor=two", StringComparison.Ordinal)
            ? new Page<EntitlementResource>([Sample.Entitlement("second:one")], null)
            : new Page<EntitlementResource>([Sample.Entitlement("first:one")], "two")));

        var ran = await machine.RunAsync("list");

        Assert.Contains("first:one", ran.Out, StringComparison.Ordinal);
        Assert.Contains("second:one", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cursor_that_runs_in_a_circle_ends_too()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("GET /v1/entitlements", Say.Ok(new Page<EntitlementResource>([], "again")));

        Assert.Equal(0, (await machine.RunAsync("list")).Exit);
        Assert.InRange(machine.Broker.CallsOf("GET /v1/entitlements").Count, 2, 50);
    }

    [Fact]
    public async Task Why_shows_each_rule()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("GET /v1/entitlements/orders-db:read/why", Say.Ok(new WhyResource(false, [new RuleResource("eligible", true, "You are in engineering."), new RuleResource("approvers", false, "Nobody else is in data-owners.")])));

        var ran = await machine.RunAsync("why", "orders-db:read");

        Assert.Equal("orders-db:read: you may not ask for it\n✓  eligible   You are in engineering.\n✗  approvers  Nobody else is in data-owners.\n", ran.Out);
    }
}
