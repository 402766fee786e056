using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit catalog test</c>: has the broker run policy tests against the catalog they are kept beside. Exit 0 when all held, 1 when one did not.</summary>
internal static class CatalogTestCommand
{
    internal static Verb Create(Runner run)
    {
        var tests = new Argument<string>("TESTS") { Description = "A file of tests, or a folder that holds *.tests.yaml.", DefaultValueFactory = _ => "catalog.tests.yaml", HelpName = "FILE|DIR" };
        var catalog = new Option<string?>("--catalog") { Description = "The catalog (default: the one beside the tests).", HelpName = "FILE|DIR" };
        return new Verb("test", "Run policy tests: who asks for what and when, and what is to come of it.", "jit catalog test catalog.tests.yaml", "jit catalog test tests.yaml --catalog catalog/") { tests, catalog }
            .Does(run, invocation => TestAsync(invocation, invocation.Get(tests)!, invocation.Get(catalog)));
    }

    private static async Task<int> TestAsync(Invocation run, string tests, string? catalog)
    {
        var read = await CatalogFiles.ReadAsync(run, tests, tests: true);
        var files = await CatalogFiles.ReadAsync(run, catalog ?? CatalogFiles.Beside(run, tests));
        var body = new CatalogTestBody { Files = [.. files.Where(f => read.All(t => t.Path != f.Path))], Tests = read };
        var reply = await run.For(SessionUse.Ask).TestCatalogAsync(body, run.Cancel);
        if (run.Json)
            run.Screen.Json(reply.Body);
        else
            Show(run, reply.Value);
        if (reply.Value.Ok)
            return Exits.Done;
        throw reply.Value.Problems.Count > 0
            ? new RefusedHereException(Codes.InvalidValue, "A catalog or tests with problems cannot be run.", "jit catalog check")
            : new RefusedHereException("test_failed", $"{Number(reply.Value.Tests.Count(t => !t.Ok))} of {Number(reply.Value.Tests.Count)} tests did not hold.");
    }

    private static void Show(Invocation run, CatalogTestResource result)
    {
        CatalogCommand.ShowProblems(run, result.Problems);
        foreach (var test in result.Tests)
        {
            run.Screen.Line(test.Ok ? Piece.Ours("✓ ", Tone.Good) : Piece.Ours("✗ ", Tone.Bad), new Piece(test.Name), Piece.Ours("  "), new Piece($"{test.File}:{Number(test.Line)}", Tone.Dim));
            foreach (var fault in test.Faults)
                run.Screen.Line(Piece.Ours("    "), new Piece(fault, Tone.Bad));
        }

        if (result.Ok)
            run.Screen.Line(Piece.Ours("All held", Tone.Good), Piece.Ours($": {Number(result.Tests.Count)} {(result.Tests.Count == 1 ? "test" : "tests")}."));
    }

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
