namespace JitBroker.Storage;

/// <summary>
/// Work of a surface that must commit together with a use case's effect: the stored answer of an idempotency key, or of an inbox row. Called once per
/// attempt, last thing before the commit, only when the use case succeeded.
/// </summary>
public delegate Task CommitWith<in T>(Session session, T result, CancellationToken cancellationToken);
