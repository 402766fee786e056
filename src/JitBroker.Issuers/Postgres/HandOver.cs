using System.Globalization;
using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// What one role owns in one database: code and what would run with its owner's rights is dropped; tables, sequences, types, schemas and large objects,
/// which hold people's data, go to the heir with no rights of anybody else on them. The rights the broker needs for it exist inside its transactions only.
/// </summary>
internal sealed class HandOver(PostgresTarget target, RoleHandle handle, uint oid)
{
    private readonly string _role = Quoted.Name(handle.Role);
    private readonly string _heir = Quoted.Name(handle.Heir);
    private readonly string _number = oid.ToString(CultureInfo.InvariantCulture);

    /// <param name="database">Null: the broker's own, for what belongs to no database.</param>
    public async Task RunAsync(string? database, CancellationToken cancellationToken)
    {
        await using var session = await target.OpenAsync(database, cancellationToken);
        while (!await StepAsync(session, cancellationToken))
            cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>A bounded number of drops per transaction, so that whoever planted very many cannot make it fail for ever.</summary>
    /// <returns>True after the last one, which hands over.</returns>
    private async Task<bool> StepAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        await using var transaction = await session.BeginAsync(cancellationToken);
        List<string> giveBack = [];
        foreach (var bundle in handle.Bundles)
            await BorrowAsync(session, transaction, bundle, giveBack, cancellationToken);
        var drops = await session.TextsAsync(Plants.DropsOf(_number), cancellationToken);
        foreach (var drop in drops)
            await session.ExecuteAsync(drop, cancellationToken);
        if (drops.Count == 0)
            await ReassignAsync(session, giveBack, cancellationToken);
        foreach (var revoke in giveBack)
            await session.ExecuteAsync(revoke, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return drops.Count == 0;
    }

    private async Task ReassignAsync(PostgresSession session, List<string> giveBack, CancellationToken cancellationToken)
    {
        if (await session.HoldsAsync(Plants.OwnsAnything(_number), cancellationToken))
        {
            if (await GrantAsync(session, handle.Heir, cancellationToken) is { } revoke)
                giveBack.Add(revoke);
            foreach (var right in await session.TextsAsync(Plants.RevokesOf(_number), cancellationToken))
                await session.ExecuteAsync(right, cancellationToken);
            await session.ExecuteAsync($"reassign owned by {_role} to {_heir}", cancellationToken);
        }

        await session.ExecuteAsync($"drop owned by {_role}", cancellationToken);
    }

    /// <summary>
    /// What was planted lies in schemas that the role reached by its bundle roles, and only who may use a schema can drop anything in it. A bundle
    /// role that is gone, or not the broker's to give any more, is done without.
    /// </summary>
    private async Task BorrowAsync(PostgresSession session, NpgsqlTransaction transaction, string bundle, List<string> giveBack, CancellationToken cancellationToken)
    {
        await transaction.SaveAsync("borrow", cancellationToken);
        try
        {
            if (await GrantAsync(session, bundle, cancellationToken) is { } revoke)
                giveBack.Add(revoke);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.InvalidGrantOperation)
        {
            await transaction.RollbackAsync("borrow", cancellationToken);
        }
    }

    /// <returns>The statement that undoes it, or null when the broker was a member before and stays one.</returns>
    private static async Task<string?> GrantAsync(PostgresSession session, string role, CancellationToken cancellationToken)
    {
        var name = Quoted.Name(role);
        var isMember = await session.HoldsAsync(
            $"""
            exists (select 1
                      from pg_auth_members m
                      join pg_roles r on r.oid = m.roleid
                      join pg_roles b on b.oid = m.member
                     where r.rolname = {Quoted.Text(role)} and b.rolname = current_user{(session.Is16 ? " and m.grantor = b.oid" : "")})
            """,
            cancellationToken);
        if (isMember && !session.Is16)
            return null;
        await session.ExecuteAsync($"grant {name} to current_user{(session.Is16 ? " with inherit true, set true" : "")}", cancellationToken);
        return isMember ? null : $"revoke {name} from current_user{(session.Is16 ? " granted by current_user" : "")}";
    }
}
