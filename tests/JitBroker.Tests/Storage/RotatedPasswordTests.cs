using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using JitBroker.Storage;

namespace JitBroker.Tests.Storage;

/// <summary>PostgreSQL's password, as a server that asks for it sees it.</summary>
public sealed class RotatedPasswordTests
{
    [Fact]
    public async Task Each_new_connection_brings_the_password_as_it_is_now()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var place = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={((IPEndPoint)server.LocalEndpoint).Port};Username=jit;Database=jit;SSL Mode=Disable;GSS Encryption Mode=Disable;Timeout=20;Password=");
        var now = place + "first";
        await using var database = new PostgresDatabase(now, () => now);

        Assert.Equal("first", await OpenAsync(database, server));
        now = place + "second";
        Assert.Equal("second", await OpenAsync(database, server));
    }

    private static async Task<string> OpenAsync(PostgresDatabase database, TcpListener server)
    {
        var opening = database.ReadAsync(s => s.FirstOrDefaultAsync<int>("select 1", null, CancellationToken.None), CancellationToken.None);
        string given;
        using (var client = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken))
            given = await PasswordAsync(client.GetStream());
        // It may try once more; whoever comes is sent away.
        while (!opening.IsCompleted)
        {
            if (server.Pending())
                (await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken)).Dispose();
            await Task.Yield();
        }

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => opening);
        return given;
    }

    /// <summary>The protocol's start-up (PostgreSQL documentation, 54.2.1): asks for a cleartext password and hangs up when it has it.</summary>
    private static async Task<string> PasswordAsync(NetworkStream wire)
    {
        await ReadAsync(wire, await LengthAsync(wire));
        await wire.WriteAsync(new byte[] { (byte)'R', 0, 0, 0, 8, 0, 0, 0, 3 });
        Assert.Equal("p", Encoding.ASCII.GetString(await ReadAsync(wire, 1)));
        return Encoding.UTF8.GetString(await ReadAsync(wire, await LengthAsync(wire))).TrimEnd('\0');
    }

    private static async Task<int> LengthAsync(NetworkStream wire) => BinaryPrimitives.ReadInt32BigEndian(await ReadAsync(wire, 4)) - 4;

    private static async Task<byte[]> ReadAsync(NetworkStream wire, int count)
    {
        var bytes = new byte[count];
        await wire.ReadExactlyAsync(bytes);
        return bytes;
    }
}
