using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit catalog diff OLD NEW</c>: what is different between two catalogs, in people and in words. Exit 0 whether or not there is a difference.</summary>
internal static class CatalogDiffCommand
{
    private const int NamesShown = 5;

    internal static Verb Create(Runner run)
    {
        var before = new Argument<string>("OLD") { Description = "A YAML file, or a folder of them.", HelpName = "OLD" };
        var after = new Argument<string>("NEW") { Description = "The same, as it is to be.", HelpName = "NEW" };
        return new Verb("diff", "What is different between two catalogs, in people and in words.", "jit catalog diff catalog.yaml new/catalog.yaml") { before, after }
            .Does(run, invocation => DiffAsync(invocation, invocation.Get(before)!, invocation.Get(after)!));
    }

    private static async Task<int> DiffAsync(Invocation run, string before, string after)
    {
        var body = new CatalogDiffBody { Old = await CatalogFiles.ReadAsync(run, before), New = await CatalogFiles.ReadAsync(run, after) };
        var reply = await run.For(SessionUse.Ask).DiffCatalogsAsync(body, run.Cancel);
        if (run.Json)
            run.Screen.Json(reply.Body);
        else
            Show(run, reply.Value);
        return reply.Value.Problems.Count == 0 ? Exits.Done : throw new RefusedHereException(Codes.InvalidValue, "A catalog with problems cannot be compared.", "jit catalog check");
    }

    private static void Show(Invocation run, CatalogDiffResource diff)
    {
        CatalogCommand.ShowProblems(run, diff.Problems);
        if (diff.Problems.Count == 0 && diff.Changes.Count == 0)
            run.Screen.Line(Piece.Ours("No difference."));
        foreach (var people in diff.People)
        {
            run.Screen.Line(Piece.Ours("! ", Tone.Accent), new Piece(people.Text, Tone.Strong));
            ShowNames(run, "+", people.More);
            ShowNames(run, "-", people.Fewer);
        }

        if (diff.People.Count > 0 && diff.Changes.Count > 0)
            run.Screen.Blank();
        foreach (var change in diff.Changes)
        {
            var (sign, tone) = change.Change switch
            {
                "added" => ("+ ", Tone.Good),
                "removed" => ("- ", Tone.Bad),
                _ => ("~ ", Tone.Accent),
            };
            run.Screen.Line(Piece.Ours(sign, tone), new Piece(change.Section, Tone.Dim), Piece.Ours(" "), new Piece(change.Name), new Piece(change.Text is null ? "" : ": " + change.Text, Tone.Dim));
        }
    }

    private static void ShowNames(Invocation run, string sign, IReadOnlyList<string> people)
    {
        if (people.Count == 0)
            return;
        var more = people.Count > NamesShown ? $" and {people.Count - NamesShown} more" : "";
        run.Screen.Line(Piece.Ours($"    {sign} ", Tone.Dim), new Piece(string.Join(", ", people.Take(NamesShown)) + more));
    }
}
