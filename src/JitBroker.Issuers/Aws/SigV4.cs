using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// AWS Signature Version 4 for calls with a body (AWS documentation, "Create a signed AWS API request"). Of our own since the SDK promises nothing
/// about its signer, which stands in an Internal namespace.
/// </summary>
internal static class SigV4
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Adds <c>x-amz-date</c> and <c>Authorization</c>. The request has its content, and its URI no dots or blanks in the path.</summary>
    public static void Sign(HttpRequestMessage request, byte[] body, AwsKeys keys, string service, string region, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.TryAddWithoutValidation("x-amz-date", time);
        var scope = $"{time[..8]}/{region}/{service}/aws4_request";
        var (headers, names) = Headers(request, time);
        var canonical = string.Join('\n', request.Method.Method, request.RequestUri!.AbsolutePath, request.RequestUri.Query.TrimStart('?'), headers, names, Hash(body));
        var toSign = string.Join('\n', Algorithm, time, scope, Hash(Encoding.UTF8.GetBytes(canonical)));
        var signature = Convert.ToHexStringLower(Mac(KeyOf(keys, time[..8], region, service), toSign));
        request.Headers.Authorization = new AuthenticationHeaderValue(Algorithm, $"Credential={keys.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}");
    }

    private static (string Headers, string Names) Headers(HttpRequestMessage request, string time)
    {
        var uri = request.RequestUri!;
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["host"] = uri.IsDefaultPort ? uri.IdnHost : string.Create(CultureInfo.InvariantCulture, $"{uri.IdnHost}:{uri.Port}"),
            ["x-amz-date"] = time,
        };
        if (request.Content?.Headers.ContentType is { } type)
            headers["content-type"] = type.ToString();
        foreach (var (name, values) in request.Headers.Where(h => h.Key.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)))
            headers[name.ToLowerInvariant()] = string.Join(',', values).Trim();
        return (string.Concat(headers.Select(h => $"{h.Key}:{h.Value}\n")), string.Join(';', headers.Keys));
    }

    private static byte[] KeyOf(AwsKeys keys, string day, string region, string service) =>
        Mac(Mac(Mac(Mac(Encoding.UTF8.GetBytes("AWS4" + keys.SecretAccessKey.Reveal()), day), region), service), "aws4_request");

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
