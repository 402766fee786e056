using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace JitBroker.Bots.Chat;

/// <summary>Reads a request's body once and whole: what is signed or vouched for is all of it.</summary>
internal static class WholeBody
{
    /// <summary>Null when it is larger than <paramref name="largest"/> bytes.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request, int largest, CancellationToken cancellationToken)
    {
        if (request.ContentLength > largest)
            return null;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = largest + 1;
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await request.Body.ReadAsync(buffer, cancellationToken) is var read and > 0)
            {
                body.Write(buffer, 0, read);
                if (body.Length > largest)
                    return null;
            }
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return null;
        }

        return body.ToArray();
    }
}

/// <summary>The kind of a body.</summary>
internal static class MediaType
{
    /// <summary>Without parameters, in lower case; empty when there is none.</summary>
    public static string Of(string? contentType) => (contentType ?? "").Split(';')[0].Trim().ToLowerInvariant();
}
