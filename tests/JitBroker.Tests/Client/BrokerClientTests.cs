using System.Net;
using JitBroker.Client;
using JitBroker.Tests.Cli;

namespace JitBroker.Tests.Client;

public sealed class BrokerClientTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_redirect_is_not_followed_and_the_bearer_goes_nowhere_else()
    {
        await using var broker = await FakeBroker.StartAsync();
        await using var other = await FakeBroker.StartAsync();
        broker.On("GET /v1/me", new Say(302, "").With("Location", new Uri(other.Address, "/v1/me").ToString()));
        using var client = new BrokerClient(broker.Address, "secret");

        var fault = await Assert.ThrowsAsync<BrokerUnreachableException>(() => client.GetMeAsync(Cancel));

        Assert.Empty(other.Calls);
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_problem_is_read_with_its_code_fields_and_wait()
    {
        await using var broker = await FakeBroker.StartAsync();
        broker.On("POST /v1/requests", Say.No(Codes.RateLimited, "Slow down.", problem => problem with { Errors = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { ["reason"] = ["short"] } }).With("Retry-After", "12"));
        using var client = new BrokerClient(broker.Address, "t");

        var refused = await Assert.ThrowsAsync<BrokerRefusedException>(() => client.SubmitAsync(new SubmitBody { Entitlement = "x" }, null, Cancel));

        Assert.Equal((Codes.RateLimited, 429, TimeSpan.FromSeconds(12)), (refused.Code, refused.Problem.Status, refused.RetryAfter!.Value));
        Assert.Equal(["short"], refused.Problem.Errors!["reason"]);
        Assert.Contains("Slow down.", System.Text.Encoding.UTF8.GetString(refused.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_until_a_date_is_measured_on_the_servers_own_clock()
    {
        await using var broker = await FakeBroker.StartAsync();
        broker.On("GET /v1/me", Say.No(Codes.Unavailable, "Starting.").With("Retry-After", JumpingClock.Start.AddSeconds(30).ToString("R", System.Globalization.CultureInfo.InvariantCulture)));
        using var client = new BrokerClient(broker.Address, "t");

        var refused = await Assert.ThrowsAsync<BrokerRefusedException>(() => client.GetMeAsync(Cancel));

        Assert.Equal(TimeSpan.FromSeconds(30), refused.RetryAfter);
    }

    [Theory]
    [InlineData(502, "text/html", "<html>Bad gateway</html>")]
    [InlineData(503, "text/plain", "no backend")]
    [InlineData(200, "text/html", "<html>Welcome to the hotel wifi</html>")]
    [InlineData(200, "application/json", "[1,2")]
    [InlineData(200, "application/json", "null")]
    public async Task What_no_broker_said_counts_as_no_answer(int status, string type, string body)
    {
        await using var broker = await FakeBroker.StartAsync();
        broker.On("GET /v1/me", new Say(status, body, type));
        using var client = new BrokerClient(broker.Address, "t");

        await Assert.ThrowsAsync<BrokerUnreachableException>(() => client.GetMeAsync(Cancel));
    }

    [Fact]
    public async Task A_refusal_without_problem_details_still_has_a_code()
    {
        await using var broker = await FakeBroker.StartAsync();
        broker.On("GET /v1/me", new Say(401, "", "text/plain"));
        using var client = new BrokerClient(broker.Address, "t");

        Assert.Equal(Codes.Unauthenticated, (await Assert.ThrowsAsync<BrokerRefusedException>(() => client.GetMeAsync(Cancel))).Code);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_tried_again_only_where_that_does_no_second_thing()
    {
        using var breaking = new Breaking();
        using var client = new BrokerClient(new Uri("http://broker.example"), "t", breaking);

        await Assert.ThrowsAsync<BrokerUnreachableException>(() => client.EndAsync("g", new EndBody(), "same-key", Cancel));
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => client.EndAsync("g", new EndBody(), null, Cancel));
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => client.CollectAsync("g", Cancel));
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => client.GetMeAsync(Cancel));

        Assert.Equal(["POST same-key", "POST same-key", "POST ", "POST ", "GET ", "GET "], breaking.Seen);
    }

    [Theory]
    [InlineData("../../v1/me", "/v1/requests/..%2F..%2Fv1%2Fme")]
    [InlineData("a/b?c#d", "/v1/requests/a%2Fb%3Fc%23d")]
    [InlineData("..", "/v1/requests/..%20")]
    public async Task An_id_never_leaves_its_segment_of_the_path(string id, string path)
    {
        using var breaking = new Breaking();
        using var client = new BrokerClient(new Uri("http://broker.example"), null, breaking);

        await Assert.ThrowsAsync<BrokerUnreachableException>(() => client.GetRequestAsync(id, Cancel));

        Assert.Equal(path, breaking.LastPath);
    }

    [Fact]
    public async Task A_prefix_in_the_brokers_address_is_kept()
    {
        using var breaking = new Breaking();
        using var client = new BrokerClient(new Uri("http://broker.example/jit"), null, breaking);

        await Assert.ThrowsAsync<BrokerUnreachableException>(() => client.GetMeAsync(Cancel));

        Assert.Equal("/jit/v1/me", breaking.LastPath);
    }

    [Fact]
    public async Task Cancelling_is_not_a_broker_out_of_reach()
    {
        await using var broker = await FakeBroker.StartAsync();
        using var client = new BrokerClient(broker.Address, "t");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetMeAsync(cancelled.Token));
    }

    private sealed class Breaking : HttpMessageHandler
    {
        public List<string> Seen { get; } = [];

        public string? LastPath { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Add($"{request.Method} {(request.Headers.TryGetValues("Idempotency-Key", out var keys) ? keys.Single() : "")}");
            LastPath = request.RequestUri!.AbsolutePath;
            throw new HttpRequestException("broken", null, HttpStatusCode.ServiceUnavailable);
        }
    }
}
