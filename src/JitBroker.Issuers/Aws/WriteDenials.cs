using System.Globalization;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// Brings a role's policies at IAM to what the database says, and reads them back. One writer per role at a time, over all replicas, by a claim on the
/// role's row; who comes meanwhile is content with what that one wrote, if it says enough.
/// </summary>
internal sealed class WriteDenials(DenyStore store, AwsAccount account, Replica replica, TimeProvider clock, ILogger<WriteDenials> log)
{
    /// <summary>How much later than planned a session may have been issued, by AWS's clock.</summary>
    private static readonly TimeSpan MintSlack = TimeSpan.FromMinutes(5);

    /// <summary>Longer than all the calls of one turn may take together, so that nobody writes without the claim.</summary>
    private static readonly TimeSpan ClaimFor = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(40);
    private const int MostLooks = 10;

    private static int _turns;

    /// <summary>Writes until version <paramref name="version"/>, or a later one, stands at IAM.</summary>
    /// <param name="way">The caller's own way there, as <see cref="DeniedRole.Way"/> has it: that of somebody else's end may be closed. Null: the row's.</param>
    /// <param name="isForced">Write although it is said to stand there: it was found otherwise.</param>
    /// <exception cref="IamRefusalException">And the others of <see cref="IamCalls"/>.</exception>
    /// <exception cref="UnconfirmedException">Written, and not read back.</exception>
    public async Task RunAsync(string role, int version, string? way, bool isForced, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = clock.GetUtcNow();
            var owner = string.Create(CultureInfo.InvariantCulture, $"{replica.Id}.{Interlocked.Increment(ref _turns)}");
            if (await store.ClaimAsync(role, owner, now, Instants.Truncate(now + ClaimFor), cancellationToken) is { } list)
            {
                await TurnAsync(list, way ?? list.Role.Way, owner, isForced, cancellationToken);
                return;
            }

            await Task.Delay(Glance, clock, cancellationToken);
            if (!isForced && (await store.FindAsync(role, cancellationToken))?.Applied >= version)
                return;
        }
    }

    private async Task TurnAsync(DenyList list, string way, string owner, bool isForced, CancellationToken cancellationToken)
    {
        var isDone = false;
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        turn.CancelAfter(Turn);
        try
        {
            // Somebody may have written it just before the claim was had.
            var written = isForced || list.Role.Applied < list.Role.Version ? await WriteAsync(list, way, turn.Token) : list;
            isDone = await store.AppliedAsync(list.Role.Id, owner, written.Role.Version, CancellationToken.None);
            if (!isDone)
                throw new UnconfirmedException("the turn to write was over before it was written");
        }
        finally
        {
            if (!isDone)
                await store.LetGoAsync(list.Role.Id, owner, CancellationToken.None);
        }
    }

    private async Task<DenyList> WriteAsync(DenyList list, string way, CancellationToken cancellationToken)
    {
        var (role, iam) = await account.OpenAsync(way, cancellationToken);
        if (DenyPolicy.CountOf(list.Denials) > DenyPolicy.Budget)
            list = await CutOffAsync(list, cancellationToken);
        try
        {
            await WriteOnceAsync(iam, role, list, cancellationToken);
            return list;
        }
        catch (IamRefusalException e) when (e.Code is "LimitExceeded" or "LimitExceededException" && list.Role.OlderThan is null)
        {
            list = await CutOffAsync(list, cancellationToken);
            await WriteOnceAsync(iam, role, list, cancellationToken);
            return list;
        }
        catch (IamRefusalException e) when (e.IsMissing)
        {
            // A role that is gone took its sessions with it; one of the same name is another role.
            Log.RoleIsGone(log, list.Role.Id);
            return list;
        }
    }

    /// <summary>Nothing changes when all of them are so young that they have to be named.</summary>
    private async Task<DenyList> CutOffAsync(DenyList list, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var mintedBefore = Instants.Truncate(now - MintSlack);
        if (list.Denials.All(d => d.MintedAt > mintedBefore))
            return list;
        var cut = await store.CutOffAsync(list.Role.Id, Instants.Truncate(now), mintedBefore, now, cancellationToken);
        Log.OlderSessionsCut(log, list.Role.Id, cut.Role.OlderThan!.Value, list.Denials.Count - cut.Denials.Count);
        return cut;
    }

    /// <summary>The cut-off first: what it covers leaves the list only when it stands.</summary>
    private async Task WriteOnceAsync(IamCalls iam, RoleArn role, DenyList list, CancellationToken cancellationToken)
    {
        if (list.Role.OlderThan is { } older)
            await PutAsync(iam, role, DenyPolicy.OlderName, DenyPolicy.RenderOlder(older), cancellationToken);
        if (DenyPolicy.Render(list.Denials) is { } document)
            await PutAsync(iam, role, DenyPolicy.Name, document, cancellationToken);
        else
            await iam.DeleteRolePolicyAsync(role.Name, DenyPolicy.Name, cancellationToken);
        // Somebody may have pressed the same button in AWS's console since: theirs stays.
        if (list.Lifted is { } lifted && DenyPolicy.Same(DenyPolicy.RenderOlder(lifted), await iam.GetRolePolicyAsync(role.Name, DenyPolicy.OlderName, cancellationToken)))
            await iam.DeleteRolePolicyAsync(role.Name, DenyPolicy.OlderName, cancellationToken);
    }

    /// <summary>IAM may answer a read with what was there a moment before.</summary>
    private async Task PutAsync(IamCalls iam, RoleArn role, string policy, string document, CancellationToken cancellationToken)
    {
        await iam.PutRolePolicyAsync(role.Name, policy, document, cancellationToken);
        for (var look = 1; !DenyPolicy.Same(document, await iam.GetRolePolicyAsync(role.Name, policy, cancellationToken)); look++)
        {
            if (look == MostLooks)
                throw new UnconfirmedException($"{policy} does not read back as it was written");
            await Task.Delay(Glance * look, clock, cancellationToken);
        }
    }
}

/// <summary>Done, as far as IAM says, and not seen there. Says nothing of what was read.</summary>
internal sealed class UnconfirmedException(string what) : Exception(what);
