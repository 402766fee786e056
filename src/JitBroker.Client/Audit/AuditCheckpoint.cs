using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace JitBroker.Client;

/// <summary>A checkpoint as it was found in a file: what its JWS says, not what stands beside it.</summary>
/// <param name="Seq">0 when it cannot be told.</param>
/// <param name="Hash">Null when the JWS is none: such a one never holds.</param>
public sealed record AuditCheckpoint(long Seq, string? Hash, string Jws)
{
    /// <summary>
    /// Every checkpoint of a text: the answer of <c>GET /v1/audit/checkpoint</c>, an anchor file (one such object a line), or bare compact JWSs, one a line.
    /// </summary>
    /// <exception cref="FormatException">There is none in it.</exception>
    public static IReadOnlyList<AuditCheckpoint> ReadAll(string text)
    {
        var trimmed = text.Trim('\uFEFF', ' ', '\t', '\r', '\n');
        if (TryObject(trimmed) is { } single)
            return [single];
        AuditCheckpoint[] all = [.. trimmed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => TryObject(line) ?? Of(line, 0))];
        return all.Any(c => c.Hash is not null || c.Jws.Count(x => x == '.') == 2)
            ? all
            : throw new FormatException("It holds no checkpoint: neither an answer of GET /v1/audit/checkpoint, nor lines of an anchor file, nor a compact JWS.");
    }

    private static AuditCheckpoint? TryObject(string text)
    {
        if (!text.StartsWith('{'))
            return null;
        try
        {
            using var json = JsonDocument.Parse(text);
            var jws = json.RootElement.TryGetProperty("jws", out var found) && found.ValueKind == JsonValueKind.String ? found.GetString()! : "";
            var told = json.RootElement.TryGetProperty("seq", out var seq) && seq.ValueKind == JsonValueKind.Number && seq.TryGetInt64(out var number) ? number : 0;
            return Of(jws, told);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static AuditCheckpoint Of(string jws, long told)
    {
        try
        {
            var parts = jws.Split('.');
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts.Length == 3 ? parts[1] : ""));
            var (seq, hash) = (payload.RootElement.GetProperty("seq").GetInt64(), payload.RootElement.GetProperty("hash").GetString());
            return new AuditCheckpoint(seq, hash, jws);
        }
        catch (Exception e) when (e is FormatException or JsonException or KeyNotFoundException or InvalidOperationException or DecoderFallbackException)
        {
            // No word of the broker's: it never holds, and says so as a signature that does not.
            return new AuditCheckpoint(told, null, jws);
        }
    }
}
