using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Storage;

/// <summary>
/// Brings a database to this build's schema: ordered files of <c>sql/ENGINE/</c>, each applied once, in a transaction, under a lock, and remembered
/// with its hash. Forward only. Any number of replicas may call it at once.
/// </summary>
public sealed class Migrator(Database database, TimeProvider clock)
{
    private const string CreateLedger = """
        create table if not exists schema_migrations (
            version    integer not null constraint schema_migrations_pk primary key,
            name       text    not null,
            hash       text    not null,
            applied_at text    not null
        )
        """;

    private const string CountLedgersSql = """
        select count(*)
          from /* pg instead: pg_tables */ sqlite_master /* end */
         where /* pg instead: schemaname = current_schema() and tablename */ name /* end */ = 'schema_migrations'
        """;

    private const string ReadLedger = """
          select version, name, hash
            from schema_migrations
           order by version
        """;

    private const string Record = """
        insert into schema_migrations (version, name, hash, applied_at)
        values (@Version, @Name, @Hash, @AppliedAt)
        """;

    /// <summary>No migration was ever applied. Changes nothing.</summary>
    /// <exception cref="DatabaseUnavailableException">Try again.</exception>
    public async Task<bool> IsFreshAsync(CancellationToken cancellationToken) =>
        await database.ReadAsync(session => session.FirstOrDefaultAsync<long>(CountLedgersSql, null, cancellationToken), cancellationToken) == 0;

    /// <returns>The names of the migrations that were applied now, in order; empty when there was nothing to do.</returns>
    /// <exception cref="MigrationException">The database was made by a newer build, or an applied migration is not the one of this build.</exception>
    /// <exception cref="DatabaseUnavailableException">Nothing was changed by the migration that was under way.</exception>
    public async Task<IReadOnlyList<string>> ApplyAsync(CancellationToken cancellationToken)
    {
        var applied = new List<string>();
        while (await ApplyNextAsync(cancellationToken) is { } name)
            applied.Add(name);
        return applied;
    }

    /// <summary>What is missing, without applying it.</summary>
    /// <inheritdoc cref="ApplyAsync" path="/exception"/>
    public async Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken) =>
        await database.WriteAsync(
            async session =>
            {
                var done = await ReadAsync(session, cancellationToken);
                return (IReadOnlyList<string>)[.. Migration.Of(session.Engine).Skip(done).Select(m => m.Name)];
            },
            cancellationToken);

    private Task<string?> ApplyNextAsync(CancellationToken cancellationToken) =>
        database.WriteAsync<string?>(
            async session =>
            {
                var done = await ReadAsync(session, cancellationToken);
                var next = Migration.Of(session.Engine).Skip(done).FirstOrDefault();
                if (next is null)
                    return null;
                await session.ExecuteAsync(next.Sql, null, cancellationToken);
                var row = new { next.Version, next.Name, next.Hash, AppliedAt = Instants.ToText(clock.GetUtcNow()) };
                await session.ExecuteAsync(Record, row, cancellationToken);
                return next.Name;
            },
            cancellationToken);

    private static async Task<int> ReadAsync(Session session, CancellationToken cancellationToken)
    {
        // A transaction-scoped lock: `create table if not exists` itself races in PostgreSQL.
        if (session.Engine == Engine.Postgres)
            await session.ExecuteAsync("select pg_advisory_xact_lock(7305912)", null, cancellationToken);
        await session.ExecuteAsync(CreateLedger, null, cancellationToken);
        var ledger = await session.QueryAsync<LedgerRow>(ReadLedger, null, cancellationToken);
        var known = Migration.Of(session.Engine);
        if (ledger.Count > known.Count)
            throw new MigrationException($"The database has migration {ledger[^1].Name}, which this build does not know. Run the build that made it, or a newer one.");
        foreach (var (row, migration) in ledger.Zip(known))
            if (row.Version != migration.Version || row.Hash != migration.Hash)
                throw new MigrationException($"Migration {row.Name} was applied with another content than this build's {migration.Name}. An applied migration never changes: restore the build, or the database from its backup.");
        return ledger.Count;
    }

    private sealed record LedgerRow
    {
        public required int Version { get; init; }

        public required string Name { get; init; }

        public required string Hash { get; init; }
    }
}

/// <summary>One embedded migration file, <c>NNNN_what_it_does.sql</c>.</summary>
internal sealed record Migration(int Version, string Name, string Sql, string Hash)
{
    private static readonly Dictionary<Engine, IReadOnlyList<Migration>> All = Enum.GetValues<Engine>().ToDictionary(e => e, Read);

    public static IReadOnlyList<Migration> Of(Engine engine) => All[engine];

    /// <summary>The text of an embedded file of <c>sql/</c>.</summary>
    public static string ReadText(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IReadOnlyList<Migration> Read(Engine engine)
    {
        var folder = $"sql/{(engine == Engine.Postgres ? "postgres" : "sqlite")}/";
        return
        [
            .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
                .Where(n => n.StartsWith(folder, StringComparison.Ordinal) && char.IsAsciiDigit(n[folder.Length]))
                .Order(StringComparer.Ordinal)
                .Select(n => Of(n[folder.Length..], ReadText(n))),
        ];
    }

    private static Migration Of(string file, string sql) =>
        new(
            int.Parse(file.AsSpan(0, 4), CultureInfo.InvariantCulture),
            Path.GetFileNameWithoutExtension(file),
            sql,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql.ReplaceLineEndings("\n")))));
}

/// <summary>The database and this build do not fit together.</summary>
public sealed class MigrationException(string message) : Exception(message);
