using System.Net;

namespace JitBroker.Client;

/// <summary>What came back, read to its end.</summary>
internal sealed record Answer(HttpStatusCode Status, string? MediaType, ReadOnlyMemory<byte> Body, Uri? Location, TimeSpan? RetryAfter, DateTimeOffset? ServerTime)
{
    internal bool Succeeded => (int)Status is >= 200 and <= 299;

    internal bool IsJson => MediaType is "application/json" or "application/problem+json";

    internal static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancel);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.MediaType, body, response.Headers.Location, Wait(response), response.Headers.Date);
    }

    private static TimeSpan? Wait(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        if (header?.Delta is { } delta)
            return delta;
        // A date is compared with the server's own, so that this machine's clock plays no part.
        return header?.Date - response.Headers.Date;
    }
}
