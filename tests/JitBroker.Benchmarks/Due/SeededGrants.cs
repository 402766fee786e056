using System.Globalization;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Catalog;
using JitBroker.Grants;
using JitBroker.Issuers;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuers.Postgres;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Requests;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace JitBroker.Benchmarks.Due;

/// <summary>
/// Live grants by the hundred thousand: one of each kind is made by the use cases, its rows are then copied under other ids by the database itself.
/// </summary>
internal sealed class SeededGrants(PrivateDatabase place, CatalogSnapshot catalog)
{
    /// <summary>Not among the holders of the copies, whose many requests would count against the limits.</summary>
    private const int TemplatesAsker = BenchCatalog.Askers - 1;

    private long _next = 1;

    /// <summary>Copies of a grant with one live credential each.</summary>
    /// <param name="endsAt">The end of the first; the others' ends follow evenly within <paramref name="spread"/>.</param>
    /// <returns>The ids of the copies are <c>from</c> ≤ id &lt; <c>to</c>.</returns>
    public async Task<(string From, string To)> AddAsync(string entitlement, int count, DateTimeOffset endsAt, TimeSpan spread, CancellationToken cancellationToken)
    {
        var (request, grant, lease) = await TemplateAsync(entitlement, cancellationToken);
        var first = _next;
        _next += count;
        await using var source = NpgsqlDataSource.Create(place.ConnectionString);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        var holder = $"'asker' || lpad((i % {Text(TemplatesAsker)})::text, 4, '0') || '@example.com'";
        var ends = "cast(@endsAt as timestamptz) + (i - @first) * cast(@step as interval)";
        await CopyAsync(connection, "requests", request, new() { ["id"] = Id('0'), ["requester"] = holder });
        await CopyAsync(connection, "grants", grant, new() { ["id"] = Id('1'), ["request_id"] = Id('0'), ["holder"] = holder, ["starts_at"] = ends + " - interval '12 hours'", ["ends_at"] = ends });
        await CopyAsync(connection, "leases", lease, new()
        {
            ["id"] = Id('2'), ["grant_id"] = Id('1'), ["holder"] = holder, ["expires_at"] = ends,
            ["handle"] = $"replace(replace(t.handle, t.id, {Id('2')}), lower(t.id), lower({Id('2')}))",
        });
        return (IdOf('1', first), IdOf('1', _next));

        async Task CopyAsync(NpgsqlConnection to, string table, string template, Dictionary<string, string> changed)
        {
            var columns = await ColumnsAsync(to, table, cancellationToken);
            var values = columns.Select(c => changed.TryGetValue(c, out var value) ? value : "t." + c);
            await using var insert = new NpgsqlCommand(
                $"insert into {table} ({string.Join(", ", columns)}) select {string.Join(", ", values)} from {table} t, generate_series(@first, @last) i where t.id = @template", to);
            insert.CommandTimeout = 300;
            insert.Parameters.AddWithValue("first", first);
            insert.Parameters.AddWithValue("last", _next - 1);
            insert.Parameters.AddWithValue("template", template);
            if (insert.CommandText.Contains("@endsAt", StringComparison.Ordinal))
            {
                insert.Parameters.AddWithValue("endsAt", endsAt.UtcDateTime);
                insert.Parameters.AddWithValue("step", spread / count);
            }

            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>As it would be after some time of use: planner statistics and nothing to clean up.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(place.ConnectionString);
        await using var vacuum = source.CreateCommand("vacuum analyze");
        vacuum.CommandTimeout = 300;
        await vacuum.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Id(char kind) => $"'{kind}' || lpad(i::text, 25, '0')";

    private static string IdOf(char kind, long number) => kind + Text(number).PadLeft(25, '0');

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static async Task<List<string>> ColumnsAsync(NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        await using var query = new NpgsqlCommand(
            "select column_name from information_schema.columns where table_schema = 'public' and table_name = @table and is_generated = 'NEVER' order by ordinal_position", connection);
        query.Parameters.AddWithValue("table", table);
        await using var reader = await query.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            names.Add(reader.GetString(0));
        return names;
    }

    /// <summary>One grant with a live lease, by the use cases, but for the call to its target.</summary>
    private async Task<(string Request, string Grant, string Lease)> TemplateAsync(string entitlement, CancellationToken cancellationToken)
    {
        await using var database = place.Open();
        var clock = HostClock.New();
        await clock.SyncAsync(database, cancellationToken);
        var core = new CoreOptions(database, clock, catalog, BenchCatalog.Limits, new AskLimits(), MintOptions.Default, new ChatSurfaces([]), new Replica("seed"));
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddCore(core)
            .AddSingleton<SecretLookup>(NoSecrets)
            .AddSingleton<TimeProvider>(clock)
            .AddPostgresIssuer()
            .AddJwtIssuer(new JwtOptions(BenchCatalog.PublicUrl, Path.Combine(place.Folder, "keys")))
            .BuildServiceProvider();
        var asker = As(BenchCatalog.Asker(TemplatesAsker));
        var order = new SubmitOrder(entitlement, IsBundle: false, TimeSpan.FromHours(12), "INC-42: payments are slow");
        var request = Expect(await services.GetRequiredService<SubmitRequest>().HandleAsync(asker, order, null, cancellationToken)).Requests[0];
        var decided = Expect(await services.GetRequiredService<DecideRequest>().HandleAsync(As(BenchCatalog.Approver(0)), new DecideOrder(request.Id, Approve: true), null, cancellationToken));
        var grant = decided.Grant ?? throw new InvalidOperationException("The approval made no grant.");
        var lease = await database.WriteAsync(session => LeaseOfAsync(session, services, grant, clock.GetUtcNow(), cancellationToken), cancellationToken);
        return (request.Id, grant.Id, lease);
    }

    private static async Task<string> LeaseOfAsync(Session session, IServiceProvider services, Grant grant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var content = RequestContent.FromText(grant.Content);
        var id = Ids.New(now);
        var order = new IssueOrder(
            id, grant.Id, grant.Holder, "Asker", grant.Entitlement, content.Issuer, content.Settings, content.Grants, now, grant.EndsAt);
        var handle = services.GetRequiredService<IssuerRegistry>().Find(content.IssuerKind)!.Plan(order).Handle;
        var lease = new Lease
        {
            Id = id, GrantId = grant.Id, State = "minting", Version = 1, Holder = grant.Holder, Target = handle.Target, Handle = handle.ToJson(),
            CreatedAt = now, MintDeadline = now.AddSeconds(30), ExpiresAt = grant.EndsAt, Verified = true, Attempts = 0,
        };
        await services.GetRequiredService<LeaseStore>().InsertAsync(session, lease, "seed", cancellationToken);
        // Minted, and nobody's any more.
        await services.GetRequiredService<LeaseMoves>().ActivateAsync(session, lease, As(BenchCatalog.Asker(TemplatesAsker)), grant.RequestId, now, cancellationToken);
        return id;
    }

    private static string? NoSecrets(string reference, out string problem)
    {
        problem = $"{reference} is not set.";
        return null;
    }

    private static Actor As(Person person) => new(person, Surface.Slack, $"slack:{BenchCatalog.Team}/{BenchCatalog.AccountOf(person)}");

    private static T Expect<T>(Outcome<T> outcome)
        where T : class =>
        outcome.Value ?? throw new InvalidOperationException($"The seed was refused: {outcome.Refusal?.Code}: {outcome.Refusal?.Text}");
}
