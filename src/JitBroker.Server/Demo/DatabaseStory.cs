using System.Globalization;
using System.Text.Json;
using Npgsql;

namespace JitBroker.Server.Demo;

/// <summary>The tour's chapter at a real PostgreSQL: a login that works, reads what it may and no more, and is cut while it is connected.</summary>
internal sealed class DatabaseStory(TourScreen screen, TourAccess access)
{
    /// <exception cref="TourException">A step did not hold.</exception>
    public async Task PlayAsync(CancellationToken cancellationToken)
    {
        var grant = await access.GrantAsync(DemoDatabase.Orders, "INC-43", "totals are off", cancellationToken);
        var credential = (await access.Terminal.CollectAsync(grant, cancellationToken)).Value.Credential;
        var login = LoginOf(credential);
        await using var session = new NpgsqlConnection(login);
        await session.OpenAsync(cancellationToken);
        var orders = await ScalarAsync(session, "select count(*) from orders", cancellationToken);
        screen.Held(string.Create(CultureInfo.InvariantCulture, $"Ana collects a login role of her own, {credential.GetProperty("username").GetString()}, connects, and reads {orders} orders"));
        TourException.Unless(await RefusalAsync(() => ScalarAsync(session, "delete from orders", cancellationToken)) == PostgresErrorCodes.InsufficientPrivilege, "She could delete orders.");
        screen.Held("She may read and nothing more: delete is refused by the database");

        await access.DoneAsync(grant, "while she is connected", cancellationToken);
        TourException.Unless(await RefusalAsync(() => ScalarAsync(session, "select count(*) from orders", cancellationToken)) is not null, "Her open session still reads.");
        screen.Held("Her open session was cut: its next statement fails");
        await using var again = new NpgsqlConnection(login);
        TourException.Unless(await RefusalAsync(() => again.OpenAsync(cancellationToken)) is { } code && code.StartsWith("28", StringComparison.Ordinal), "The login still opens a session.");
        screen.Held("The login is gone from the server; connecting again is refused");
    }

    private static string LoginOf(JsonElement credential) => new NpgsqlConnectionStringBuilder
    {
        Host = credential.GetProperty("host").GetString(),
        Port = credential.GetProperty("port").GetInt32(),
        Database = credential.GetProperty("database").GetString(),
        Username = credential.GetProperty("username").GetString(),
        Password = credential.GetProperty("password").GetString(),
        Pooling = false,
    }.ConnectionString;

    private static async Task<object?> ScalarAsync(NpgsqlConnection session, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, session);
        return await command.ExecuteScalarAsync(cancellationToken);
    }

    /// <returns>The SQLSTATE of the refusal, <c>08</c> for a broken connection, or null: it went through.</returns>
    private static async Task<string?> RefusalAsync(Func<Task> act)
    {
        try
        {
            await act();
            return null;
        }
        catch (NpgsqlException e)
        {
            return e.SqlState ?? "08";
        }
        catch (InvalidOperationException)
        {
            // The driver knows already that the connection is broken.
            return "08";
        }
    }
}
