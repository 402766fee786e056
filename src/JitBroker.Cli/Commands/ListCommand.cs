using JitBroker.Cli.Finding;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit list</c>: what one may ask for.</summary>
internal static class ListCommand
{
    internal static Verb Create(Runner run)
    {
        var paging = new Paging();
        return paging.On(new Verb("list", "What you may ask for.", "jit list", "jit list -o json")).Does(run, invocation => ActAsync(invocation, paging));
    }

    private static async Task<int> ActAsync(Invocation run, Paging paging)
    {
        var broker = run.For(SessionUse.Ask);
        if (run.Json)
            return paging.Print(run, await broker.ListEntitlementsAsync(run.Cancel, paging.CursorIn(run), paging.LimitIn(run)));
        var entitlements = await Pages.AllAsync(cursor => broker.ListEntitlementsAsync(run.Cancel, cursor, Pages.Size));
        if (entitlements.Count == 0)
        {
            run.Screen.Line("There is nothing you may ask for.");
            run.Screen.Line(new Piece("Whoever keeps the catalog can make your group eligible; jit whoami shows your groups.", Tone.Dim));
            return Exits.Done;
        }

        run.Screen.Table(Table(entitlements));
        run.Screen.Blank();
        run.Screen.Hint("jit request ENTITLEMENT [DURATION] [REASON…] asks; jit why ENTITLEMENT explains.");
        return Exits.Done;
    }

    private static Grid Table(IEnumerable<EntitlementResource> entitlements)
    {
        var grid = new Grid(new Column("ENTITLEMENT", Whole: true), "WHAT IT IS", "RISK", "FOR", "WHO DECIDES", "REASON");
        foreach (var item in entitlements)
        {
            grid.Add(new Piece(item.Name, Tone.Accent), item.Title, StateWords.Of(item.Risk),
                new Words(Durations.ToShort(item.Duration.Default), Piece.Ours($", up to {Durations.ToShort(item.Duration.Max)}", Tone.Dim)),
                item.Approval.Text, new Piece(item.Reason.Hint ?? (item.Reason.Required ? "needed" : "not needed"), Tone.Dim));
        }

        return grid;
    }
}
