using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json.Nodes;
using JitBroker.Bots.Teams;
using JitBroker.Playground;

namespace JitBroker.Tests.Teams;

/// <summary>The package that is uploaded to Teams.</summary>
public sealed class PackageTests
{
    private const string App = "5b1f7c2e-9a43-4f0e-8a51-6f3f2d0c7e11";

    [Fact]
    public void The_manifest_names_the_bot_and_asks_for_the_least()
    {
        var manifest = (JsonObject)JsonNode.Parse(Read("manifest.json"))!;
        var bot = manifest["bots"]![0]!;

        Assert.Equal((App, App, "1.17"), ((string?)manifest["id"], (string?)bot["botId"], (string?)manifest["manifestVersion"]));
        Assert.Equal(["personal", "team"], bot["scopes"]!.AsArray().Select(s => (string?)s));
        Assert.Equal(["jit.example.com"], manifest["validDomains"]!.AsArray().Select(d => (string?)d));
        Assert.Equal("https://jit.example.com", (string?)manifest["developer"]!["websiteUrl"]);
        foreach (var more in (string[])["permissions", "authorization", "webApplicationInfo", "devicePermissions", "staticTabs"])
            Assert.False(manifest.ContainsKey(more), more);

        // Teams' own numbers.
        Assert.InRange(((string)manifest["name"]!["short"]!).Length, 1, 30);
        Assert.InRange(((string)manifest["name"]!["full"]!).Length, 1, 100);
        Assert.InRange(((string)manifest["description"]!["short"]!).Length, 1, 80);
        var commands = bot["commandLists"]![0]!["commands"]!.AsArray();
        Assert.InRange(commands.Count, 1, 10);
        Assert.All(commands, c => Assert.True(((string)c!["title"]!).Length <= 32 && ((string)c["description"]!).Length <= 128));
    }

    [Fact]
    public void Its_commands_on_messages_are_those_that_are_answered_and_read_no_message_by_themselves()
    {
        var extension = Assert.Single(((JsonObject)JsonNode.Parse(Read("manifest.json"))!)["composeExtensions"]!.AsArray())!;
        Assert.Equal(App, (string?)extension["botId"]);
        Assert.False(((JsonObject)extension).ContainsKey("messageHandlers"));
        var commands = extension["commands"]!.AsArray();
        Assert.Equal(
            ["jit_request compose commandBox", "jit_request_for message"],
            commands.Select(c => $"{c!["id"]} {string.Join(' ', c["context"]!.AsArray())}"));
        Assert.All(commands, c => Assert.True(TeamsExtension.Has((string?)c!["id"]) && (string?)c["type"] == "action" && (bool)c["fetchTask"]!));
        Assert.All(commands, c => Assert.True(((string)c!["title"]!).Length <= 32 && ((string)c["description"]!).Length <= 128));
        Assert.Equal(
            new PlaygroundTeamsOptions().Extensions.Select(e => (e.Id, e.Title, e.OnMessage)),
            commands.Select(c => ((string)c!["id"]!, (string)c["title"]!, c["context"]!.AsArray().Any(x => (string?)x == "message"))));
    }

    [Theory]
    [InlineData("color.png", 192)]
    [InlineData("outline.png", 32)]
    public void The_icons_are_pictures_of_the_size_that_Teams_wants(string name, int side)
    {
        var png = Read(name);
        var pixels = Pixels(png, side);

        Assert.Equal((side, side), (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20))));
        if (side == 192)
        {
            Assert.All(pixels, p => Assert.Equal(255, p[3]));
            Assert.Contains(pixels, p => p is [0x1F, 0x29, 0x37, 255]);
            Assert.Contains(pixels, p => p is [255, 255, 255, 255]);
            return;
        }

        Assert.All(pixels, p => Assert.Equal([255, 255, 255], p[..3]));
        Assert.Contains(pixels, p => p[3] == 0);
        Assert.Contains(pixels, p => p[3] == 255);
    }

    [Fact]
    public void The_same_settings_give_the_same_bytes() => Assert.Equal(Zip(), Zip());

    internal static byte[] Zip()
    {
        using var zip = new MemoryStream();
        TeamsPackage.Write(zip, App, new Uri("https://jit.example.com"));
        return zip.ToArray();
    }

    private static byte[] Read(string name)
    {
        using var zip = new ZipArchive(new MemoryStream(Zip()));
        Assert.Equal(["color.png", "manifest.json", "outline.png"], zip.Entries.Select(e => e.FullName).Order(StringComparer.Ordinal));
        using var content = new MemoryStream();
        using var entry = zip.GetEntry(name)!.Open();
        entry.CopyTo(content);
        return content.ToArray();
    }

    /// <summary>As a reader of PNG sees them, each chunk's checksum looked at.</summary>
    private static List<byte[]> Pixels(byte[] png, int side)
    {
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        using var packed = new MemoryStream();
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var type = System.Text.Encoding.ASCII.GetString(png, at + 4, 4);
            if (type == "IDAT")
                packed.Write(png, at + 8, length);
            Assert.Equal(Checksum(png.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            at += length + 12;
        }

        packed.Position = 0;
        using var raw = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionMode.Decompress))
            zlib.CopyTo(raw);
        var bytes = raw.ToArray();
        Assert.Equal(side * ((side * 4) + 1), bytes.Length);
        return [.. from y in Enumerable.Range(0, side) from x in Enumerable.Range(0, side) let at = (y * ((side * 4) + 1)) + 1 + (x * 4) select bytes[at..(at + 4)]];
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var table = Enumerable.Range(0, 256).Select(n => Enumerable.Range(0, 8).Aggregate((uint)n, (c, _) => (c & 1) == 1 ? 0xEDB88320 ^ (c >> 1) : c >> 1)).ToArray();
        var crc = uint.MaxValue;
        foreach (var b in bytes)
            crc = table[(crc ^ b) & 0xFF] ^ (crc >> 8);
        return ~crc;
    }
}
