using System.Text;
using System.Text.Json;
using JitBroker.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Cli;

/// <summary>One call as it arrived.</summary>
internal sealed record Seen(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string Line => $"{Method} {Path}{Query}";

    public string? Bearer => Headers.GetValueOrDefault("Authorization")?["Bearer ".Length..];

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}

/// <summary>An answer as it leaves.</summary>
internal sealed record Say(int Status, string Body, string MediaType = "application/json")
{
    public Dictionary<string, string> Headers { get; init; } = [];

    public static Say Ok<T>(T value, int status = 200) => new(status, JsonSerializer.Serialize(value, Wire.Strict));

    public static Say No(string code, string detail, Func<Problem, Problem>? more = null)
    {
        var problem = new Problem { Status = Codes.StatusOf(code), Code = code, Title = "No", Detail = detail };
        return new Say(problem.Status, JsonSerializer.Serialize(more?.Invoke(problem) ?? problem, Wire.Strict), "application/problem+json");
    }

    public Say With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }

    public static Say OAuth(string error) => new(400, $$"""{"error":"{{error}}"}""");
}

/// <summary>
/// A broker that holds what a test gave it and answers as contract §4 writes: lists with their filters, single things, and whatever a test says for
/// one path. It decides nothing: it is there to see what the client sends, and to be read.
/// </summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly Dictionary<string, Func<Seen, Say>> said = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly List<Seen> seen = [];

    private FakeBroker(WebApplication app)
    {
        this.app = app;
        app.Run(AnswerAsync);
    }

    public Uri Address { get; private set; } = null!;

    public IReadOnlyList<Seen> Calls
    {
        get
        {
            lock (gate)
                return [.. seen];
        }
    }

    public List<EntitlementResource> Entitlements { get; } = [];

    public List<RequestResource> Requests { get; } = [];

    public List<GrantResource> Grants { get; } = [];

    /// <summary>Ids that wait for the caller.</summary>
    public HashSet<string> AwaitingMe { get; } = [];

    /// <summary>Tokens that are sessions.</summary>
    public Dictionary<string, SessionResource> Sessions { get; } = new(StringComparer.Ordinal);

    public static async Task<FakeBroker> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var broker = new FakeBroker(builder.Build());
        await broker.app.StartAsync();
        broker.Address = new Uri(broker.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return broker;
    }

    /// <summary>Answers <c>"POST /v1/requests"</c> like this from now on.</summary>
    public void On(string methodAndPath, Func<Seen, Say> answer)
    {
        lock (gate)
            said[methodAndPath] = answer;
    }

    public void On(string methodAndPath, Say answer) => On(methodAndPath, _ => answer);

    public IReadOnlyList<Seen> CallsOf(string methodAndPath) => [.. Calls.Where(call => $"{call.Method} {call.Path}" == methodAndPath)];

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var call = new Seen(context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "",
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), await reader.ReadToEndAsync());
        Say say;
        lock (gate)
        {
            seen.Add(call);
            say = said.TryGetValue($"{call.Method} {call.Path}", out var special) ? special(call) : Usual(call, context.Request.Query);
        }

        context.Response.StatusCode = say.Status;
        context.Response.ContentType = say.MediaType;
        foreach (var (name, value) in say.Headers)
            context.Response.Headers[name] = value;
        context.Response.Headers.Date = JumpingClock.Start.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(say.Body));
    }

    private Say Usual(Seen call, IQueryCollection query)
    {
        if (call.Path is "/healthz")
            return Say.Ok(new HealthResource("ok"));
        if (call.Path is "/readyz")
            return Say.Ok(new HealthResource("ok", [new HealthCheckResource("catalog", true)]));
        if (!Sessions.TryGetValue(call.Bearer ?? "", out var session))
            return Say.No(Codes.Unauthenticated, "This session has ended or never was.");
        var parts = call.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return (call.Method, parts) switch
        {
            ("GET", ["v1", "me"]) => Say.Ok(Me(session)),
            ("POST", ["v1", "sessions", var id, "end"]) => End(id),
            ("GET", ["v1", "entitlements"]) => Page(Entitlements),
            ("GET", ["v1", "requests"]) => Page(Requests.Where(r => Matches(query, "state", WireWords.Of(r.State)) && (query["awaiting"] != "me" || AwaitingMe.Contains(r.Id)) && (query["mine"] != "true" || r.Requester.Email == Sample.Ana.Email))),
            ("GET", ["v1", "requests", var id]) => Requests.Find(r => r.Id == id) is { } found ? Say.Ok(found) : Say.No(Codes.NotFound, "There is no such request."),
            ("GET", ["v1", "grants"]) => Page(Grants.Where(g => Matches(query, "state", WireWords.Of(g.State)) && (query["mine"] != "true" || g.Holder.Email == Sample.Ana.Email))),
            ("GET", ["v1", "grants", var id]) => Grants.Find(g => g.Id == id) is { } found ? Say.Ok(found) : Say.No(Codes.NotFound, "There is no such grant."),
            _ => Say.No(Codes.NotFound, $"There is no {call.Method} {call.Path}."),
        };
    }

    private static Say Page<T>(IEnumerable<T> items) => Say.Ok(new Page<T>([.. items], null));

    private static bool Matches(IQueryCollection query, string name, string value) => !query.ContainsKey(name) || query[name] == value;

    private MeResource Me(SessionResource current) => new()
    {
        Email = Sample.Ana.Email, Name = Sample.Ana.Name, Roles = [], Groups = ["engineering"], Identities = [new IdentityResource("slack", "T0EX", "U0ANA")],
        Sessions = [.. Sessions.Values.Select(session => session with { Current = session.Id == current.Id })],
    };

    private Say End(string id)
    {
        foreach (var (token, _) in Sessions.Where(pair => pair.Value.Id == id).ToList())
            Sessions.Remove(token);
        return new Say(204, "");
    }
}
