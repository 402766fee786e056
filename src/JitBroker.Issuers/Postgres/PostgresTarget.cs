using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using JitBroker.Catalog;
using Npgsql;

namespace JitBroker.Issuers.Postgres;

/// <summary>
/// The way to one server as the broker's own role. Each session is new and closed after use: nothing of a lease stays in it, and a changed password
/// is seen at once. It needs a direct connection; a pooler that hands sessions around would lose their settings.
/// </summary>
internal sealed class PostgresTarget
{
    // Far below the broker's own limits (12 s to end, 20 s to mint), so that the server gives up before the broker does.
    private const int ConnectSeconds = 5;
    private const int CommandSeconds = 9;

    // Nothing planted in a schema is found by name; what waits for a lock gives up; a session whose broker died ends by itself.
    private const string Settings = """
        set search_path = pg_catalog, pg_temp;
        set standard_conforming_strings = on;
        set statement_timeout = '8s';
        set lock_timeout = '2s';
        set idle_in_transaction_session_timeout = '10s';
        set default_transaction_read_only = off;
        set default_transaction_isolation = 'read committed';
        set client_min_messages = error;
        """;

    private readonly NpgsqlConnectionStringBuilder _way;

    private PostgresTarget(string reference, NpgsqlConnectionStringBuilder way) => (Reference, _way) = (reference, way);

    /// <summary>The unresolved text: what may be shown.</summary>
    public string Reference { get; }

    /// <summary>A host name or address, or the folder of a socket.</summary>
    public string Host => _way.Host!;

    public int Port => _way.Port;

    public bool DemandsTls => _way.SslMode is SslMode.Require or SslMode.VerifyCA or SslMode.VerifyFull;

    /// <summary>False with <paramref name="problem"/> a sentence that holds nothing of the connection string.</summary>
    public static bool TryFind(SecretLookup secrets, string reference, [NotNullWhen(true)] out PostgresTarget? target, out string problem)
    {
        target = null;
        if (secrets(reference, out problem) is not { } text)
            return false;
        try
        {
            var way = new NpgsqlConnectionStringBuilder(text);
            problem = way.Host is not { Length: > 0 } host ? $"The connection string behind {Shown(reference)} names no Host."
                : host.Contains(',', StringComparison.Ordinal) ? $"The connection string behind {Shown(reference)} names several hosts. Name the one that takes writes."
                : "";
            if (problem.Length == 0)
                target = new PostgresTarget(Shown(reference), Hardened(way));
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException or OverflowException)
        {
            // The message may quote what it could not read.
            problem = $"The connection string behind {Shown(reference)} cannot be read. Write Host=…;Port=…;Username=…;Password=…;Database=….";
        }

        return target is not null;
    }

    /// <param name="database">Null: the one of the connection string.</param>
    /// <exception cref="NpgsqlException">The server is away, or does not let the broker in.</exception>
    public async Task<PostgresSession> OpenAsync(string? database, CancellationToken cancellationToken)
    {
        var builder = new NpgsqlDataSourceBuilder(_way.ConnectionString);
        builder.ConnectionStringBuilder.Database = database ?? _way.Database;
        // The server's own types are enough, and nothing of the target's making is read.
        builder.ConfigureTypeLoading(static types => types.EnableTypeLoading(false));
        var server = builder.Build();
        var session = new PostgresSession(server, server.CreateConnection());
        try
        {
            await session.OpenAsync(cancellationToken);
            await session.ExecuteAsync(Settings, cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    private static NpgsqlConnectionStringBuilder Hardened(NpgsqlConnectionStringBuilder way)
    {
        way.Pooling = false;
        way.Enlist = false;
        way.IncludeErrorDetail = false;
        way.LogParameters = false;
        way.PersistSecurityInfo = false;
        way.ApplicationName = "jitbroker";
        way.Timeout = Math.Min(way.Timeout is 0 ? ConnectSeconds : way.Timeout, ConnectSeconds);
        way.CommandTimeout = CommandSeconds;
        return way;
    }

    /// <summary>A connection string written out in the catalog may say more than is wanted in a sentence.</summary>
    private static string Shown(string reference) => SecretReferences.IsWholly(reference) ? reference : "issuers.connection";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
