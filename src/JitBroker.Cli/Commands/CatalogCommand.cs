using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit catalog check</c>: has the broker validate catalog files as it would on a reload. Nothing changes. The other catalog commands hang from here.</summary>
internal static class CatalogCommand
{
    internal static Verb Create(Runner run)
    {
        var path = new Argument<string>("PATH") { Description = "A YAML file, or a folder of them.", DefaultValueFactory = _ => "catalog.yaml", HelpName = "FILE|DIR" };
        var check = new Verb("check", "Validate catalog files without applying them: every problem at once.", "jit catalog check", "jit catalog check catalog/") { path }
            .Does(run, invocation => CheckAsync(invocation, invocation.Get(path)!));
        return new Verb("catalog", "Work on the catalog.", "jit catalog check catalog.yaml") { check, CatalogTestCommand.Create(run), CatalogDiffCommand.Create(run), CatalogReviewCommand.Create(run), CatalogAcceptCommand.Create(run) };
    }

    private static async Task<int> CheckAsync(Invocation run, string path)
    {
        var body = new CatalogCheckBody { Files = await CatalogFiles.ReadAsync(run, path) };
        var reply = await run.For(SessionUse.Ask).CheckCatalogAsync(body, run.Cancel);
        var problems = reply.Value.Problems;
        if (run.Json)
            run.Screen.Json(reply.Body);
        else
            Show(run, body, problems);
        if (reply.Value.Ok)
            return Exits.Done;
        throw new RefusedHereException(Codes.InvalidValue, $"The catalog has {problems.Count} {(problems.Count == 1 ? "problem" : "problems")}; the broker would refuse it.");
    }

    private static void Show(Invocation run, CatalogCheckBody body, IReadOnlyList<CatalogProblemResource> problems)
    {
        if (problems.Count == 0)
            run.Screen.Line(Piece.Ours("Valid", Tone.Good), Piece.Ours($": {body.Files.Count} {(body.Files.Count == 1 ? "file" : "files")}, no problems."));
        ShowProblems(run, problems);
    }

    internal static void ShowProblems(Invocation run, IReadOnlyList<CatalogProblemResource> problems)
    {
        foreach (var problem in problems)
        {
            run.Screen.Line(new Piece(Place(problem), Tone.Accent), Piece.Ours("  "), new Piece(problem.Message, Tone.Bad));
            Detail(run, "at", problem.Path);
            Detail(run, "value", problem.Value);
            Detail(run, "→", problem.Remedy);
        }
    }

    private static void Detail(Invocation run, string label, string? text)
    {
        if (!string.IsNullOrEmpty(text))
            run.Screen.Line(Piece.Ours($"    {label} ", Tone.Dim), new Piece(text));
    }

    private static string Place(CatalogProblemResource problem) => problem.Line is null ? problem.File ?? "catalog" : $"{problem.File}:{problem.Line}:{problem.Column ?? 1}";
}
