using JitBroker.Catalog;
using JitBroker.Catalog.Testing;
using JitBroker.Client;
using JitBroker.Server.Hosting;
using JitBroker.Server.Settings;
using CatalogFile = JitBroker.Client.CatalogFile;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Catalog files that a caller sends: checked and compared, never applied.</summary>
internal static class CatalogFileCalls
{
    /// <summary>As large as the loader takes one file.</summary>
    private const int LargestBody = 6 * 1024 * 1024;

    private const int MostFiles = 200;

    public static async Task<IResult> CheckAsync(HttpContext context, BrokerSettings settings)
    {
        var body = JsonBodies.Parse<CatalogCheckBody>(context, await JsonBodies.ReadBytesAsync(context, LargestBody));
        if (body.Files.Count is 0 or > MostFiles)
            throw new ProblemException(Problems.Of(422, Policy.Codes.InvalidValue, "Send between 1 and 200 files.", Problems.Errors(("files", "Send between 1 and 200 files."))));
        var result = Load(body.Files, settings);
        return Answer.Of(200, new CatalogCheckResource(result.Problems.Count == 0, [.. result.Problems.Select(Of)]));
    }

    public static async Task<IResult> DiffAsync(HttpContext context, BrokerSettings settings)
    {
        var body = JsonBodies.Parse<CatalogDiffBody>(context, await JsonBodies.ReadBytesAsync(context, 2 * LargestBody));
        if (body.Old.Count > MostFiles || body.New.Count > MostFiles)
            throw new ProblemException(Problems.Of(422, Policy.Codes.InvalidValue, "Send at most 200 files of each.", Problems.Errors((body.Old.Count > MostFiles ? "old" : "new", "Send at most 200 files."))));
        var (before, after) = (Load(body.Old, settings), Load(body.New, settings));
        var (changes, people) = before.Snapshot is { } was && after.Snapshot is { } isNow ? (CatalogDiff.Of(was, isNow), PeopleDiff.Of(was, isNow)) : ([], []);
        return Answer.Of(200, new CatalogDiffResource(
            [.. before.Problems.Concat(after.Problems).Select(Of)],
            [.. changes.Select(c => new CatalogChangeResource(WireWords.Of(c.Kind), c.Section, c.Name, c.Text.Length == 0 ? null : c.Text))],
            [.. people.Select(p => new PeopleChangeResource(p.What, p.Name, p.More, p.Fewer, p.Text))]));
    }

    public static async Task<IResult> TestAsync(HttpContext context, BrokerSettings settings)
    {
        var body = JsonBodies.Parse<CatalogTestBody>(context, await JsonBodies.ReadBytesAsync(context, 2 * LargestBody));
        if (body.Files.Count is 0 or > MostFiles || body.Tests.Count is 0 or > MostFiles)
            throw new ProblemException(Problems.Of(422, Policy.Codes.InvalidValue, "Send between 1 and 200 files of each.", Problems.Errors((body.Files.Count is 0 or > MostFiles ? "files" : "tests", "Send between 1 and 200 files."))));
        var catalog = Load(body.Files, settings);
        var (tests, problems) = PolicyTestReader.Read([.. body.Tests.Select(f => new CatalogSource(f.Path, f.Text))]);
        var all = catalog.Problems.Concat(problems).Select(Of).ToList();
        var results = all.Count == 0 ? RunPolicyTests.Of(catalog.Snapshot!, settings.Broker.Ceilings, tests) : [];
        return Answer.Of(200, new CatalogTestResource(
            all.Count == 0 && results.All(r => r.Faults.Count == 0),
            all,
            [.. results.Select(r => new PolicyTestResource(r.Test.File, r.Test.Line, r.Test.Name, r.Faults.Count == 0, r.Faults))]));
    }

    public static CatalogProblemResource Of(CatalogProblem problem) => new(
        problem.File.Length == 0 ? null : problem.File,
        problem.Line == 0 ? null : problem.Line,
        problem.Column == 0 ? null : problem.Column,
        problem.Path.Length == 0 ? null : problem.Path,
        problem.Value,
        problem.Message,
        problem.Remedy.Length == 0 ? null : problem.Remedy);

    /// <summary>Without a resolver: whoever may send a file here must not learn which variables and files the broker has.</summary>
    private static CatalogLoadResult Load(IReadOnlyList<CatalogFile> files, BrokerSettings settings) => CatalogLoader.Load(
        [.. files.Select(f => new CatalogSource(f.Path, f.Text))],
        Opening.CatalogOptions(settings) with { Secrets = null });
}
