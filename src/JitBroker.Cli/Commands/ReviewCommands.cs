using System.CommandLine;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit emergencies</c> lists what was taken without approval, <c>jit review</c> reviews it, <c>jit lift</c> lets its taker have the next one all the same.</summary>
internal static class ReviewCommands
{
    private const string GrantHelp = "An id, the first 6 or more of it, or an entitlement with one emergency access.";

    internal static Verb List(Runner run)
    {
        var paging = new Paging();
        return paging.On(new Verb("emergencies", "Access that was taken without approval, and its reviews.", "jit emergencies", "jit emergencies -o json")).Does(run, invocation => ListAsync(invocation, paging));
    }

    internal static Verb Review(Runner run)
    {
        var grant = new Argument<string>("GRANT") { Description = GrantHelp };
        var verdict = new Argument<string>("VERDICT") { Description = "justified, misuse or policy_gap.", HelpName = "VERDICT" };
        var comment = new Argument<string[]>("COMMENT") { Description = "What you looked at and what you found: the record of this emergency.", Arity = ArgumentArity.OneOrMore };
        var whole = new Option<bool>("--whole-incident") { Description = "Say the same of every other access of its incident that waits for you." };
        verdict.AcceptOnlyFromAmong([.. WireWords.All<ReviewVerdict>()]);
        return new Verb("review", "Review somebody's emergency access.", "jit review 01KAJ5W4 justified read the session log, two queries") { grant, verdict, comment, whole }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.Decide);
            var id = await Grants.EmergencyAsync(invocation, broker, invocation.Get(grant)!);
            var body = new ReviewBody { Verdict = WireWords.Parse<ReviewVerdict>(invocation.Get(verdict)!), Comment = invocation.Sentence(comment)!, WholeIncident = invocation.Get(whole) ? true : null };
            return Print(invocation, await broker.ReviewAsync(id, body, Invocation.NewKey(), invocation.Cancel));
        });
    }

    internal static Verb Lift(Runner run)
    {
        var grant = new Argument<string>("GRANT") { Description = GrantHelp };
        var reason = new Argument<string[]>("REASON") { Description = "Why they may have emergency access again before this is settled.", Arity = ArgumentArity.OneOrMore };
        return new Verb("lift", "Let somebody take emergency access again though a review blocks it.", "jit lift 01KAJ5W4 payments are down and nobody else is awake") { grant, reason }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.Decide);
            var id = await Grants.EmergencyAsync(invocation, broker, invocation.Get(grant)!);
            return Print(invocation, await broker.LiftAsync(id, new LiftBody { Reason = invocation.Sentence(reason)! }, Invocation.NewKey(), invocation.Cancel));
        });
    }

    private static async Task<int> ListAsync(Invocation run, Paging paging)
    {
        var broker = run.For(SessionUse.EndOther);
        var query = new GrantQuery { BreakGlass = true, Limit = Pages.Size };
        if (run.Json)
            return paging.Print(run, await broker.ListGrantsAsync(query with { Cursor = paging.CursorIn(run), Limit = paging.LimitIn(run) }, run.Cancel));
        var taken = await Pages.AllAsync(cursor => broker.ListGrantsAsync(query with { Cursor = cursor }, run.Cancel));
        if (taken.Count == 0)
        {
            run.Screen.Line("No emergency access that you may see.");
            return Exits.Done;
        }

        var grid = new Grid(new Column("GRANT", Whole: true), "WHO", new Column("ENTITLEMENT", Whole: true), "INCIDENT", "TAKEN", "", "REVIEW");
        foreach (var grant in taken)
            grid.Add(new Piece(grant.Id, Tone.Accent), new Piece(grant.Holder.Name, Tone.Strong), grant.Entitlement, grant.Review?.Incident ?? "", run.Times.Both(grant.StartsAt), GrantView.Standing(run.Times, grant), Standing(run, grant.Review));
        run.Screen.Table(grid);
        run.Screen.Blank();
        run.Screen.Hint("jit review GRANT justified|misuse|policy_gap COMMENT");
        return Exits.Done;
    }

    private static int Print(Invocation run, BrokerReply<GrantResource> reply)
    {
        if (run.Json)
            run.Screen.Json(reply.Body);
        else
            run.Screen.Line(new Piece(reply.Value.Entitlement, Tone.Strong), Piece.Ours(" of "), new Piece(reply.Value.Holder.Name, Tone.Strong), Piece.Ours(": "), Standing(run, reply.Value.Review));
        return Exits.Done;
    }

    private static Piece Standing(Invocation run, ReviewResource? review)
    {
        if (review is null)
            return new Piece("");
        var lifted = review.LiftedBy is { } by ? $", lifted by {by.Name}" : "";
        return review.State switch
        {
            ReviewState.Due => new Piece($"review due {run.Times.Both(review.DueAt)}", Tone.Warn),
            ReviewState.Overdue => new Piece($"REVIEW OVERDUE since {run.Times.Both(review.DueAt)}{lifted}", Tone.Bad),
            ReviewState.Done => new Piece($"{(review.Verdict is { } verdict ? WireWords.Of(verdict).Replace('_', ' ') : "reviewed")} by {review.By?.Name ?? "?"}: {review.Comment}{lifted}", review.Verdict is ReviewVerdict.Misuse ? Tone.Bad : Tone.Dim),
            _ => new Piece("?"),
        };
    }
}
