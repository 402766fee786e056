using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace JitBroker.Storage;

/// <summary>
/// Where all state is. A unit of work is a delegate that runs in one transaction and may run again from its beginning when the engine asks for it
/// (serialization failure, deadlock, a busy database), so it must not leave traces in memory before it returns. No network call belongs in it.
/// </summary>
public abstract class Database : IAsyncDisposable
{
    private const int Attempts = 8;

    protected Database() => DapperSetup.Once();

    public abstract Engine Engine { get; }

    /// <summary>Where the process may die around a commit; none but in tests.</summary>
    public CrashPoints CrashPoints { get; init; } = CrashPoints.None;

    /// <summary>A transaction that writes. Commits when the work returns, unless it doomed the session or threw.</summary>
    /// <exception cref="DatabaseUnavailableException">The database could not be reached or stayed busy; nothing was changed, unless the commit is in doubt.</exception>
    /// <param name="file">Whose work it is, for <see cref="CrashPoints"/>; the compiler fills it in.</param>
    /// <param name="member">See <paramref name="file"/>.</param>
    public Task<T> WriteAsync<T>(Func<Session, Task<T>> work, CancellationToken cancellationToken, [CallerFilePath] string file = "", [CallerMemberName] string member = "") =>
        RetryAsync(token => WriteOnceAsync(work, CrashPoints.AreOn ? $"commit {Path.GetFileNameWithoutExtension(file)}.{member}" : "", token), cancellationToken);

    /// <inheritdoc cref="WriteAsync{T}(Func{Session, Task{T}}, CancellationToken, string, string)"/>
    public Task WriteAsync(Func<Session, Task> work, CancellationToken cancellationToken, [CallerFilePath] string file = "", [CallerMemberName] string member = "") =>
        WriteAsync<object?>(
            async session =>
            {
                await work(session);
                return null;
            },
            cancellationToken,
            file,
            member);

    /// <summary>Reads without a transaction of its own: each statement sees what is committed when it starts.</summary>
    /// <exception cref="DatabaseUnavailableException">The database could not be reached or stayed busy.</exception>
    public Task<T> ReadAsync<T>(Func<Session, Task<T>> work, CancellationToken cancellationToken) =>
        RetryAsync(token => ReadOnceAsync(work, token), cancellationToken);

    /// <summary>What the database's clock says, for <c>BrokerClock</c>; null where the host's clock is the database's (SQLite).</summary>
    public abstract Task<DateTimeOffset?> ReadClockAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>Has the engine read a statement without running it: the test that every statement runs on both engines.</summary>
    internal async Task PrepareAsync(string sql)
    {
        await using var lent = await LendWriterAsync(CancellationToken.None);
        await using var command = lent.Connection.CreateCommand();
        command.CommandText = PrepareStatement(Dialect.For(Engine, sql));
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The statement by which this engine reads <paramref name="sql"/> without running it.</summary>
    protected abstract string PrepareStatement(string sql);

    /// <summary>A connection that is open and may write; disposing it gives back whatever exclusivity it holds.</summary>
    protected abstract ValueTask<Lent> LendWriterAsync(CancellationToken cancellationToken);

    protected abstract ValueTask<Lent> LendReaderAsync(CancellationToken cancellationToken);

    /// <summary>The engine lost a race and says: once more from the beginning.</summary>
    protected abstract bool IsWorthRetrying(DbException exception);

    /// <summary>The engine is away or full, as opposed to a statement of ours being wrong.</summary>
    protected abstract bool IsUnavailable(DbException exception);

    private async Task<T> WriteOnceAsync<T>(Func<Session, Task<T>> work, string name, CancellationToken cancellationToken)
    {
        T result;
        Session session;
        await using (var lent = await LendWriterAsync(cancellationToken))
        await using (var transaction = await lent.Connection.BeginTransactionAsync(cancellationToken))
        {
            session = new Session(Engine, lent.Connection, transaction);
            result = await work(session);
            if (session.IsDoomed)
            {
                await transaction.RollbackAsync(CancellationToken.None);
                return result;
            }

            await session.FlushAsync(cancellationToken);

            // Past this point the outcome is the database's: a cancelled wait would leave the caller not knowing.
            if (session.HasChanges)
                CrashPoints.Reach("before", name);
            await CommitAsync(transaction);
        }

        if (session.HasChanges)
            CrashPoints.Reach("after", name);
        session.RunAfterCommit();
        return result;
    }

    private async Task CommitAsync(DbTransaction transaction)
    {
        try
        {
            await transaction.CommitAsync(CancellationToken.None);
        }
        catch (DbException e) when (IsUnavailable(e) && !IsWorthRetrying(e))
        {
            throw new DatabaseUnavailableException(e, inDoubt: true);
        }
    }

    private async Task<T> ReadOnceAsync<T>(Func<Session, Task<T>> work, CancellationToken cancellationToken)
    {
        await using var lent = await LendReaderAsync(cancellationToken);
        return await work(new Session(Engine, lent.Connection, transaction: null));
    }

    [SuppressMessage("Security", "CA5394", Justification = "Jitter needs no secrecy.")]
    private async Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work(cancellationToken);
            }
            catch (DbException e) when (IsWorthRetrying(e) && attempt < Attempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(1, 4 << attempt)), cancellationToken);
            }
            catch (DbException e) when (IsWorthRetrying(e) || IsUnavailable(e))
            {
                throw new DatabaseUnavailableException(e);
            }
        }
    }

    protected readonly record struct Lent(DbConnection Connection, Func<ValueTask> Return) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Return();
    }
}
