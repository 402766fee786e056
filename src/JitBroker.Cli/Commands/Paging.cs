using System.CommandLine;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>Pages of <c>-o json</c>: one page as the API gave it, and how to get the next. (Tables always show everything.)</summary>
internal sealed class Paging
{
    private readonly Option<string?> cursor = new("--cursor") { Description = "With -o json: the page after this cursor.", HelpName = "CURSOR" };
    private readonly Option<int?> limit = new("--limit") { Description = "With -o json: items on a page, 1 to 200 (default 200).", HelpName = "N" };

    public Verb On(Verb verb)
    {
        verb.Add(cursor);
        verb.Add(limit);
        return verb;
    }

    public string? CursorIn(Invocation run) => run.Get(cursor);

    public int? LimitIn(Invocation run) => run.Get(limit) ?? Pages.Size;

    public int Print<T>(Invocation run, BrokerReply<Page<T>> page)
    {
        run.Screen.Json(page.Body);
        if (page.Value.Next is { } next)
            run.Screen.ErrorLine($"more: --cursor {next}");
        return Exits.Done;
    }
}
