using System.CommandLine;
using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit identities</c>: for admins, which accounts are whose, and taking one away.</summary>
internal static class IdentitiesCommand
{
    internal static Verb Create(Runner run)
    {
        var verb = new Verb("identities", "Accounts of people in chat: list them, unlink one. For admins.", "jit identities list", "jit identities unlink 01KAJ5W4 the account was taken over");
        verb.Add(List(run));
        verb.Add(Unlink(run));
        return verb;
    }

    private static Verb List(Runner run)
    {
        var person = new Option<string?>("--person") { Description = "Only this person's.", HelpName = "EMAIL" };
        var paging = new Paging();
        return paging.On(new Verb("list", "List accounts and whose they are.", "jit identities list", "jit identities list --person ana@example.com") { person }).Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.EndOther);
            if (invocation.Json)
                return paging.Print(invocation, await broker.ListIdentitiesAsync(invocation.Get(person), paging.CursorIn(invocation), paging.LimitIn(invocation), invocation.Cancel));
            var all = await Pages.AllAsync(cursor => broker.ListIdentitiesAsync(invocation.Get(person), cursor, Pages.Size, invocation.Cancel));
            var grid = new Grid("PERSON", "ACCOUNT", "BY", new Column("ID", Whole: true), "SINCE", "");
            foreach (var one in all)
                grid.Add(one.Person.Email, new Piece($"{one.Surface}:{one.Tenant}/{one.Account}", Tone.Strong), one.How, one.Id ?? "", one.LinkedAt is { } at ? invocation.Times.Both(at) : "", new Piece(one.Holds ? "" : "does not hold", Tone.Bad));
            invocation.Screen.Table(grid);
            invocation.Screen.Hint("jit identities unlink ID takes a linked one away; those of the catalog are changed there.");
            return Exits.Done;
        });
    }

    private static Verb Unlink(Runner run)
    {
        var id = new Argument<string>("ID") { Description = "The id that jit identities list shows, or the first 6 or more of it." };
        var reason = new Argument<string[]>("REASON") { Description = "Why, for the record.", Arity = ArgumentArity.ZeroOrMore };
        return new Verb("unlink", "Take a linked account away from its person; their sessions end.", "jit identities unlink 01KAJ5W4 the account was taken over") { id, reason }.Does(run, async invocation =>
        {
            var broker = invocation.For(SessionUse.Decide);
            var found = await new Finder("linked account", "jit identities list shows them").FindAsync(invocation.Get(id)!, new Source(true, async () =>
                (await Pages.AllAsync(cursor => broker.ListIdentitiesAsync(null, cursor, Pages.Size, invocation.Cancel))).Where(i => i.Id is not null).Select(i => new Candidate(i.Id!, i.Account, $"{i.Account}, {i.Person.Name}"))));
            var reply = await broker.UnlinkAsync(found, new UnlinkBody { Reason = invocation.Sentence(reason) }, Invocation.NewKey(), invocation.Cancel);
            if (invocation.Json)
                invocation.Screen.Json(reply.Body);
            else
                invocation.Screen.Line(new Piece($"{reply.Value.Surface}:{reply.Value.Tenant}/{reply.Value.Account}", Tone.Strong), Piece.Ours(" is no longer "), new Piece(reply.Value.Person.Email), Piece.Ours("'s; their sessions ended."));
            return Exits.Done;
        });
    }
}
