using System.Text;
using JitBroker.Client;

namespace JitBroker.Tests.Cli;

public sealed class RequestTests
{
    [Theory]
    [InlineData(Codes.UnknownEntitlement, "There is no entitlement no:such. The request form and jit list show what you may ask for.", "")]
    [InlineData(Codes.UnknownEntitlement, "There is no entitlement orders-db:raed. Did you mean orders-db:read?", "  → jit list shows what you may ask for\n")]
    [InlineData(Codes.Unauthenticated, "You are not signed in, or your session has ended. Sign in with jit login.", "")]
    [InlineData(Codes.ScopeNeeded, "This session may not. You came by jit login.", "  → jit login --can-decide\n")]
    public async Task What_to_do_next_is_told_once(string code, string said, string next)
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.No(code, said));

        var ran = await machine.RunAsync("request", "no:such", "INC-42");

        Assert.Equal((1, "", $"{code}  {said}\n{next}"), (ran.Exit, ran.Out, ran.Err));
    }

    private static async Task<Machine> AskingAsync()
    {
        var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", call =>
        {
            machine.Broker.Requests.Add(Sample.Request());
            return Say.Ok(Sample.Request(), 201);
        });
        return machine;
    }

    private static void Settle(Machine machine, RequestResource request) => machine.Broker.Requests[0] = request;

    [Theory]
    [InlineData(new[] { "1h", "INC-42", "slow", "checkout" }, """{"entitlement":"orders-db:read","duration":"1h","reason":"INC-42 slow checkout"}""")]
    [InlineData(new[] { "INC-42", "1h" }, """{"entitlement":"orders-db:read","reason":"INC-42 1h"}""")]
    [InlineData(new[] { "PT1H30M" }, """{"entitlement":"orders-db:read","duration":"PT1H30M"}""")]
    [InlineData(new[] { "@bea", "please" }, """{"entitlement":"orders-db:read","reason":"@bea please"}""")]
    [InlineData(new string[0], """{"entitlement":"orders-db:read"}""")]
    public async Task The_first_word_is_the_duration_only_if_all_of_it_is_one(string[] words, string body)
    {
        await using var machine = await AskingAsync();

        var ran = await machine.RunAsync(["request", "orders-db:read", .. words]);

        Assert.Equal(0, ran.Exit);
        var call = machine.Broker.CallsOf("POST /v1/requests").Single();
        Assert.Equal(body, call.Body);
        Assert.Matches("^[0-9a-f]{32}$", call.Headers["Idempotency-Key"]);
        Assert.Equal(Machine.AskToken, call.Bearer);
    }

    [Fact]
    public async Task A_request_says_what_it_needs_and_when_it_lapses()
    {
        await using var machine = await AskingAsync();

        var ran = await machine.RunAsync("request", "orders-db:read", "1h", "INC-42");

        Assert.Equal($"Asked for orders-db:read for 1h. Needs 1 of data-owners; lapses in 4h (14:00).\nrequest {Sample.RequestId}\n", ran.Out);
        Assert.Empty(ran.Err);
    }

    [Fact]
    public async Task Json_is_the_brokers_own_bytes()
    {
        await using var machine = await Machine.SignedInAsync();
        const string odd = "{ \"id\":\"01K\",  \"kind\":\"access\",\"state\":\"pending\",\"entitlement\":\"a\",\"requester\":{\"email\":\"a\",\"name\":\"\\u0041 é\"},\"duration\":\"PT1H\","
            + "\"createdAt\":\"2026-11-22T10:00:00.000Z\",\"lapsesAt\":\"2026-11-22T10:00:00.000Z\",\"approval\":[],\"decisions\":[],\"history\":[],\"unheard\":1.50}\n";
        machine.Broker.On("POST /v1/requests", new Say(201, odd));

        var ran = await machine.RunAsync("request", "a", "-o", "json");

        Assert.Equal(Encoding.UTF8.GetBytes(odd), ran.Bytes);
    }

    [Fact]
    public async Task A_field_that_says_what_the_sentence_said_is_not_said_twice()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.No(Codes.DurationTooLong, "90 d is too long.", problem => problem with
        {
            Errors = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["duration"] = ["90 d is too long."] },
        }));

        var ran = await machine.RunAsync("request", "orders-db:read", "90d", "INC-42");

        Assert.Equal("duration_too_long  90 d is too long.\n", ran.Err);
    }

    [Fact]
    public async Task A_refusal_gives_its_code_its_sentence_and_its_fields()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.No(Codes.ReasonPattern, "Name a ticket, e.g. INC-42.", problem => problem with
        {
            Errors = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["reason"] = ["must match (INC|OPS)-\\d+"] },
        }));

        var ran = await machine.RunAsync("request", "orders-db:read", "because");

        Assert.Equal(1, ran.Exit);
        Assert.Equal("reason_pattern  Name a ticket, e.g. INC-42.\n  reason: must match (INC|OPS)-\\d+\n", ran.Err);
        Assert.Empty(ran.Out);
    }

    [Fact]
    public async Task A_refusal_because_of_too_many_calls_says_when_to_try_again()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.No(Codes.RateLimited, "Too many requests.").With("Retry-After", "90"));

        var ran = await machine.RunAsync("request", "orders-db:read", "-o", "json");

        Assert.Equal("rate_limited  Too many requests.\n  → try again in 1m30s\n", ran.Err);
    }

    [Fact]
    public async Task An_open_request_in_the_way_is_named()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.No(Codes.AlreadyOpen, "You asked for this already.", problem => problem with { Id = Sample.RequestId }));

        Assert.Contains($"jit cancel {Sample.RequestId}", (await machine.RunAsync("request", "orders-db:read")).Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_ends_well_when_the_access_is_active()
    {
        await using var machine = await AskingAsync();
        machine.Clock.OnDelay = number =>
        {
            if (number == 2)
                Settle(machine, Sample.Approved(Sample.Request(), GrantState.Scheduled));
            if (number == 4)
                Settle(machine, Sample.Approved(Sample.Request()));
        };

        var ran = await machine.RunAsync("request", "orders-db:read", "1h", "INC-42", "--wait");

        Assert.Equal(0, ran.Exit);
        Assert.Empty(ran.Err);
        Assert.EndsWith($"Active: orders-db:read was approved by Bea 10:00. Grant {Sample.GrantId}.\n", ran.Out, StringComparison.Ordinal);
        Assert.Equal(4, machine.Clock.Delays.Count);
    }

    [Theory]
    [InlineData(RequestState.Denied, "denied", "orders-db:read was denied by Bea 10:00: use the replica")]
    [InlineData(RequestState.Lapsed, "lapsed", "orders-db:read lapsed 14:00; nobody decided.")]
    [InlineData(RequestState.Cancelled, "cancelled", "orders-db:read was withdrawn by Ana Diaz 10:00.")]
    public async Task Wait_ends_refused_when_the_request_does(RequestState state, string code, string sentence)
    {
        await using var machine = await AskingAsync();
        machine.Clock.OnDelay = _ => Settle(machine, state switch
        {
            RequestState.Denied => Sample.Denied(Sample.Request()),
            RequestState.Lapsed => Sample.Request() with { State = state, SettledAt = JumpingClock.Start.AddHours(4) },
            _ => Sample.Request() with { State = state, SettledAt = JumpingClock.Start, SettledBy = Sample.Ana },
        });

        var ran = await machine.RunAsync("request", "orders-db:read", "--wait");

        Assert.Equal((1, code), (ran.Exit, ran.Code));
        Assert.StartsWith($"{code}  {sentence}\n", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wait_with_json_prints_the_settled_request_alone()
    {
        await using var machine = await AskingAsync();
        machine.Clock.OnDelay = _ => Settle(machine, Sample.Denied(Sample.Request()));

        var ran = await machine.RunAsync("request", "orders-db:read", "--wait", "-o", "json");

        Assert.Equal(Say.Ok(Sample.Denied(Sample.Request())).Body + "\n", ran.Out);
        Assert.Equal((1, "denied"), (ran.Exit, ran.Code));
    }

    [Fact]
    public async Task Wait_outlasts_a_broker_that_is_not_ready_for_a_moment()
    {
        await using var machine = await AskingAsync();
        var path = $"GET /v1/requests/{Sample.RequestId}";
        machine.Broker.On(path, Say.No(Codes.Unavailable, "Starting.").With("Retry-After", "7"));
        machine.Clock.OnDelay = number =>
        {
            if (number == 3)
                machine.Broker.On(path, Say.Ok(Sample.Approved(Sample.Request())));
        };

        Assert.Equal(0, (await machine.RunAsync("request", "orders-db:read", "--wait")).Exit);
        Assert.Equal([2, 7, 7], machine.Clock.Delays.Select(delay => (int)delay.TotalSeconds));
    }

    [Fact]
    public async Task Wait_gives_up_on_a_broker_that_is_gone()
    {
        await using var machine = await AskingAsync();
        machine.Broker.On($"GET /v1/requests/{Sample.RequestId}", new Say(502, "<html>", "text/html"));

        Assert.Equal(3, (await machine.RunAsync("request", "orders-db:read", "--wait")).Exit);
    }

    [Fact]
    public async Task Ctrl_C_while_waiting_leaves_with_130_and_no_complaint()
    {
        await using var machine = await AskingAsync();
        machine.Clock.OnDelay = number =>
        {
            if (number == 2)
                machine.Interrupts.Raise(System.Runtime.InteropServices.PosixSignal.SIGINT);
        };

        var ran = await machine.RunAsync("request", "orders-db:read", "--wait");

        Assert.Equal((130, ""), (ran.Exit, ran.Err));
    }

    [Fact]
    public async Task Wait_shows_its_progress_on_a_terminal_and_wipes_it()
    {
        await using var machine = await AskingAsync();
        machine.Terminal = true;
        machine.Clock.OnDelay = number =>
        {
            if (number == 2)
                Settle(machine, Sample.Approved(Sample.Request()));
        };

        var ran = await machine.RunAsync("request", "orders-db:read", "--wait");

        Assert.Contains("Waiting for 1 of data-owners · 2s · lapses in 3h59m", ran.Err, StringComparison.Ordinal);
        Assert.EndsWith("\r\u001b[2K", ran.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_names_who_would_decide()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.Ok(new DryRunResource(true, null, [Sample.Bea, Sample.Cy], JumpingClock.Start.AddHours(4))));

        var ran = await machine.RunAsync("request", "orders-db:read", "--dry-run");

        Assert.Equal("You may ask. These would decide: Bea, Cy; it would lapse in 4h (14:00).\n", ran.Out);
        Assert.Equal("""{"entitlement":"orders-db:read","dryRun":true}""", machine.Broker.CallsOf("POST /v1/requests").Single().Body);
    }

    [Fact]
    public async Task A_dry_run_that_would_be_refused_is_refused_with_its_code()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.Ok(new DryRunResource(false, Codes.NobodyCanApprove, [], null)));

        var ran = await machine.RunAsync("request", "orders-db:read", "--dry-run");

        Assert.Equal((1, Codes.NobodyCanApprove), (ran.Exit, ran.Code));
    }

    [Fact]
    public async Task A_bundle_is_asked_for_as_one()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.On("POST /v1/requests", Say.Ok(new BundleResource([Sample.Request(), Sample.Request("01KAM0SECONDAAAAAAAAAAAAAA") with { Entitlement = "payments-logs:read" }]), 201));

        var ran = await machine.RunAsync("request", "incident-kit", "--bundle", "30m", "INC-42");

        Assert.Equal(0, ran.Exit);
        Assert.Contains("payments-logs:read", ran.Out, StringComparison.Ordinal);
        Assert.Equal("""{"bundle":"incident-kit","duration":"30m","reason":"INC-42"}""", machine.Broker.CallsOf("POST /v1/requests").Single().Body);
    }

    [Theory]
    [InlineData("orders-db:read")]
    [InlineData("01KAM0RE")]
    [InlineData("01kam0re")]
    [InlineData(Sample.RequestId)]
    public async Task Cancel_finds_the_request_by_entitlement_prefix_or_id(string text)
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Requests.Add(Sample.Request());
        machine.Broker.On($"POST /v1/requests/{Sample.RequestId}/cancel", Say.Ok(Sample.Request() with { State = RequestState.Cancelled, SettledBy = Sample.Ana, SettledAt = JumpingClock.Start }));

        var ran = await machine.RunAsync("cancel", text);

        Assert.Equal(0, ran.Exit);
        Assert.StartsWith("cancelled  orders-db:read was withdrawn by Ana Diaz 10:00.\n", ran.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prefix_of_fewer_than_six_finds_nothing()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Requests.Add(Sample.Request());

        var ran = await machine.RunAsync("cancel", "01KAM");

        Assert.Equal((1, Codes.NotFound), (ran.Exit, ran.Code));
    }

    [Fact]
    public async Task A_name_that_means_two_is_a_usage_fault_that_lists_them()
    {
        await using var machine = await Machine.SignedInAsync();
        machine.Broker.Requests.AddRange([Sample.Request(), Sample.Request("01KAM0OTHERAAAAAAAAAAAAAAA")]);

        var ran = await machine.RunAsync("cancel", "orders-db:read");

        Assert.Equal(2, ran.Exit);
        Assert.Contains("01KAM0OTHERAAAAAAAAAAAAAAA (orders-db:read, Ana Diaz, pending)", ran.Err, StringComparison.Ordinal);
    }
}
