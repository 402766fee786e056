using System.Diagnostics;
using System.Text.Json.Nodes;
using JitBroker.Benchmarks.Ack;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Server.Http.Views;
using JitBroker.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace JitBroker.Benchmarks.Policy;

/// <summary>A catalog of the largest size: loading it, one evaluation of an ask and of a decision under it, and one person's list. One thread, nothing stored.</summary>
internal sealed class PolicyBenchmark : IBenchmark
{
    private const int Loads = 3;
    private const int Lists = 40;
    private const int PageSize = 50;

    private static readonly BrokerLimits Limits = new(TimeSpan.FromHours(4), TimeSpan.FromHours(12));
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    public string Name => "policy";

    public async Task<IFigures?> RunAsync(BenchSettings settings, Progress progress, CancellationToken cancellationToken)
    {
        var yaml = LargeCatalog.Write();
        var (loads, catalog) = (new List<TimeSpan>(), CatalogSnapshot.Empty);
        for (var i = 1; i <= Loads; i++)
        {
            progress.Say(Table.Text($"policy: loading {LargeCatalog.Entitlements} entitlements, {LargeCatalog.Groups} groups, {LargeCatalog.People} people, {yaml.Length / 1024} KiB: {i} of {Loads}"));
            loads.Add(Time(() => catalog = Load(yaml)));
        }

        progress.Say("policy: asking and deciding");
        var asks = Many(settings.Seconds, cancellationToken, i => Ask(catalog, i));
        var decisions = Many(settings.Seconds, cancellationToken, i => Decide(catalog, i));
        progress.Say("policy: listing");
        await using var files = (await PrivateDatabase.NewAsync(Engine.Sqlite, cancellationToken))!;
        await using var database = files.Open();
        var view = new EntitlementView(new Revocabilities(new IssuerRegistry([new HangingIssuer()], database, NullLogger<IssuerRegistry>.Instance), HostClock.New()), Limits);
        var lists = Enumerable.Range(0, Lists).Select(i => Time(() => List(catalog, view, i))).ToList();
        return new Figures(
        [
            new Measured("load", loads, TimeSpan.FromSeconds(3)),
            new Measured("ask", asks, TimeSpan.FromMilliseconds(1)),
            new Measured("decide", decisions, TimeSpan.FromMilliseconds(1)),
            new Measured("list", lists, TimeSpan.FromMilliseconds(50)),
        ]);
    }

    private static CatalogSnapshot Load(string yaml)
    {
        var result = CatalogLoader.Load([new CatalogSource("catalog.yaml", yaml)], new CatalogOptions { Limits = Limits, PublicUrl = "https://jit.example" });
        return result.Snapshot ?? throw new InvalidOperationException($"The catalog does not load: {result.Problems[0]}");
    }

    /// <summary>What a dry run and a submit work out.</summary>
    private static void Ask(CatalogSnapshot catalog, int i)
    {
        var directory = PeopleDirectory.Of(catalog);
        var asker = directory.Find(LargeCatalog.EmailOf(i * 7919 % LargeCatalog.People))!;
        var analysis = RequestAnalysis.Of(directory, Limits, asker, new Ask(LargeCatalog.NameOf(i % LargeCatalog.Entitlements), null, "INC-42 slow checkout"), Now);
        if (analysis.Entitlement is null)
            throw new InvalidOperationException("The entitlement is not there.");
    }

    /// <summary>What a press works out: may they, whose votes count, is it enough, who is awaited.</summary>
    private static void Decide(CatalogSnapshot catalog, int i)
    {
        var directory = PeopleDirectory.Of(catalog);
        var entitlement = catalog.Entitlements[LargeCatalog.NameOf(i % LargeCatalog.Entitlements)];
        var content = RequestContent.Pin(catalog, entitlement, entitlement.Approval, LargeCatalog.EmailOf(0), TimeSpan.FromMinutes(30)).ToText();
        var request = new Request
        {
            Id = "01JDA0000000000000000REQ01", Kind = "access", State = "pending", Version = 1, Entitlement = entitlement.Name, Requester = LargeCatalog.EmailOf(0), DurationS = 1800, Reason = "",
            CreatedAt = Now, LapsesAt = Now.AddHours(4), Surface = "api", Content = content, ContentHash = "", CatalogHash = catalog.Hash,
        };
        var approver = directory.MembersOf(entitlement.Approval.Stages[0].AnyOf[0].Clauses[0].Group).First(m => m != request.Requester);
        var bench = new Bench(directory, request, []);
        if (bench.Objection(approver, isSettled: false) is { } objection)
            throw new InvalidOperationException($"{approver} may not decide {entitlement.Name}: {objection.Text}");
        var vote = new Decision { Id = "01JDA0000000000000000DEC01", RequestId = request.Id, Person = approver, Verdict = "approve", At = Now, Surface = "api" };
        var after = bench.With(vote);
        _ = after.IsQuorum ? after.Duration.Ticks : after.Awaited.Count;
    }

    /// <summary>The first page, as <c>GET /v1/entitlements</c> answers it.</summary>
    private static void List(CatalogSnapshot catalog, EntitlementView view, int i)
    {
        var directory = PeopleDirectory.Of(catalog);
        var viewer = LargeCatalog.EmailOf(i * 7919 % LargeCatalog.People);
        var page = Eligibility.Askable(directory, viewer).Select(e => view.Of(e, directory, viewer)).OfType<Client.EntitlementResource>().Take(PageSize + 1).ToList();
        if (page.Count <= PageSize)
            throw new InvalidOperationException("The list is too short.");
    }

    private static List<TimeSpan> Many(int seconds, CancellationToken cancellationToken, Action<int> act)
    {
        for (var i = 0; i < LargeCatalog.Entitlements; i++)
            act(i);
        var (times, watch) = (new List<TimeSpan>(), Stopwatch.StartNew());
        for (var i = 0; watch.Elapsed < TimeSpan.FromSeconds(seconds); i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            times.Add(Time(() => act(i)));
        }

        return times;
    }

    private static TimeSpan Time(Action act)
    {
        var started = Stopwatch.GetTimestamp();
        act();
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>The target is for the median: one run that the machine took away from us says nothing of the broker.</summary>
    private sealed record Measured(string What, IReadOnlyList<TimeSpan> Times, TimeSpan Target)
    {
        public bool IsGood => At(0.5) <= Target;

        public TimeSpan At(double share) => Percentile.Of(Times, share);
    }

    private sealed record Figures(IReadOnlyList<Measured> All) : IFigures
    {
        public bool IsGood => All.All(m => m.IsGood);

        public string ToText() => Table.Lines(
        [
            Table.Text($"Policy: {LargeCatalog.Entitlements} entitlements, {LargeCatalog.Groups} groups, {LargeCatalog.People} people, one thread."),
            "",
            Table.Row("", "times", "p50", "p99", "max", "target"),
            .. All.Select(m => Table.Row(
                m.What, Table.Text($"{m.Times.Count}"), Shown(m.At(0.5)), Shown(m.At(0.99)), Shown(m.Times.Max()), $"{(m.IsGood ? "met" : "missed")} (p50 {Table.Text($"{m.Target.TotalMilliseconds:0} ms")})")),
        ]);

        public JsonNode ToJson() => new JsonObject([.. All.Select(m => KeyValuePair.Create<string, JsonNode?>(m.What, new JsonObject
        {
            ["times"] = m.Times.Count,
            ["p50Ms"] = Math.Round(m.At(0.5).TotalMilliseconds, 4),
            ["p99Ms"] = Math.Round(m.At(0.99).TotalMilliseconds, 4),
            ["maxMs"] = Math.Round(m.Times.Max().TotalMilliseconds, 4),
            ["targetMs"] = m.Target.TotalMilliseconds,
            ["met"] = m.IsGood,
        }))]);

        private static string Shown(TimeSpan time) => Table.Text($"{time.TotalMilliseconds:0.000} ms");
    }
}
