using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace JitBroker.Bots.Teams;

/// <summary>The app package for Teams: manifest and two icons in a zip. The same settings give the same bytes.</summary>
public static class TeamsPackage
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Before any computer that Teams runs on; what a zip can hold at the least.</summary>
    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="appId">The bot's app id.</param>
    /// <param name="publicUrl"><c>Broker:PublicUrl</c>.</param>
    public static void Write(Stream to, string appId, Uri publicUrl)
    {
        using var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true);
        Add(zip, "manifest.json", Encoding.UTF8.GetBytes(TeamsManifest.Of(appId, publicUrl).ToJsonString(Readable)));
        Add(zip, TeamsManifest.ColorIcon, TeamsIcons.Color());
        Add(zip, TeamsManifest.OutlineIcon, TeamsIcons.Outline());
    }

    private static void Add(ZipArchive zip, string name, byte[] content)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = NoTime;
        using var stream = entry.Open();
        stream.Write(content);
    }
}
