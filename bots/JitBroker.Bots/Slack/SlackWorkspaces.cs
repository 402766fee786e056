using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Slack;

/// <summary>
/// Whose people are accepted: <c>Slack:Workspaces</c>, or, when that is empty, the token's own team and, for an organisation-wide install, its organisation. Slack is
/// asked for those once it is needed; until it has answered nobody is accepted.
/// </summary>
internal sealed class SlackWorkspaces(SlackOptions options, SlackCalls calls, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private volatile IReadOnlyList<string> _learned = [];
    private DateTimeOffset _askAgain = DateTimeOffset.MinValue;

    /// <summary>What is known now; empty: nothing yet.</summary>
    public IReadOnlyList<string> Known => options.Workspaces.Count > 0 ? options.Workspaces : _learned;

    public bool Accepts(string? workspace) => workspace is not null && Known.Contains(workspace, StringComparer.Ordinal);

    /// <summary>The workspace that posted copies belong to; null while nobody knows.</summary>
    public async ValueTask<string?> HomeAsync(CancellationToken cancellationToken) => await AreKnownAsync(cancellationToken) ? Known[0] : null;

    /// <summary>Asks Slack where that is needed.</summary>
    /// <returns>False: Slack has not said it yet.</returns>
    public async ValueTask<bool> AreKnownAsync(CancellationToken cancellationToken)
    {
        if (Known.Count > 0)
            return true;
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (Known.Count > 0 || clock.GetUtcNow() < _askAgain)
                return Known.Count > 0;
            _askAgain = clock.GetUtcNow() + AskEvery;
            _learned = await AskAsync(cancellationToken);
            return _learned.Count > 0;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<IReadOnlyList<string>> AskAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            if (await calls.WhoAreWeAsync(either.Token) is not SlackReply.Ok ok)
                return [];
            var organisation = ok.Body.Flag("is_enterprise_install") ? ok.Body.Text("enterprise_id") : null;
            return [.. new[] { ok.Body.Text("team_id"), organisation }.OfType<string>().Where(w => w.Length > 0).Distinct(StringComparer.Ordinal)];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [];
        }
    }
}
