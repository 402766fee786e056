using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace JitBroker.Server.Http;

/// <summary>
/// Reads bodies: bounded in size and time, strict in shape. Handlers read their body themselves, since 401 and 404 come before what is wrong with it.
/// </summary>
internal static class JsonBodies
{
    /// <summary>Most bytes of an ordinary body.</summary>
    public const int Largest = 64 * 1024;

    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(15);

    /// <summary>The bytes of the body; none when there is none.</summary>
    /// <exception cref="ProblemException">413, or 408 when it trickles in.</exception>
    public static async Task<byte[]> ReadBytesAsync(HttpContext context, int largest = Largest)
    {
        if (context.Request.ContentLength > largest)
            throw TooLarge(largest);
        using var clock = new CancellationTokenSource(MostTime, context.RequestServices.GetRequiredService<TimeProvider>());
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, clock.Token);
        try
        {
            using var body = new MemoryStream();
            var buffer = new byte[8 * 1024];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer, timeout.Token)) > 0)
            {
                if (body.Length + read > largest)
                    throw TooLarge(largest);
                body.Write(buffer, 0, read);
            }

            return body.ToArray();
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw new ProblemException(Problems.Of(408, Policy.Codes.InvalidRequest, "The body did not arrive in time."));
        }
    }

    /// <summary>The body as a <typeparamref name="T"/>.</summary>
    /// <param name="whenEmpty">What an absent body means; null when there must be one.</param>
    /// <exception cref="ProblemException">400 or 415.</exception>
    public static T Parse<T>(HttpContext context, byte[] bytes, T? whenEmpty = null)
        where T : class
    {
        if (bytes.Length == 0 && whenEmpty is not null)
            return whenEmpty;
        if (bytes.Length > 0 || context.Request.ContentType is not null)
            NeedJson(context);
        if (bytes.Length == 0)
            throw new ProblemException(Problems.Invalid("The body is missing: this call takes a JSON object."));
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, Client.Wire.Strict) ?? throw new ProblemException(Problems.Invalid("The body is null: this call takes a JSON object."));
        }
        catch (JsonException e)
        {
            throw new ProblemException(Of(e));
        }
    }

    /// <summary>For calls without a body: an empty object is let pass.</summary>
    /// <exception cref="ProblemException">400 or 415.</exception>
    public static void ParseNothing(HttpContext context, byte[] bytes)
    {
        if (bytes.Length == 0)
            return;
        NeedJson(context);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind == JsonValueKind.Object && !json.RootElement.EnumerateObject().Any())
                return;
        }
        catch (JsonException)
        {
            throw new ProblemException(Problems.Invalid("This call takes no body, and what was sent is not JSON."));
        }

        throw new ProblemException(Problems.Invalid("This call takes no body."));
    }

    private static void NeedJson(HttpContext context)
    {
        var isJson = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || type.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase));
        if (!isJson)
            throw new ProblemException(Problems.Of(415, Policy.Codes.InvalidRequest, "The body must be application/json in UTF-8."));
    }

    private static ProblemException TooLarge(int largest) =>
        new(Problems.Of(413, Policy.Codes.TooLarge, $"The body is too large: at most {largest / 1024} KB."));

    /// <summary>The reader's own sentences name types of ours; only those of our converters are for people.</summary>
    private static Client.Problem Of(JsonException fault)
    {
        var field = fault.Path is { Length: > 2 } path ? path[2..] : null;
        var message = fault.Message.Split(" Path: ")[0];
        if (message.StartsWith("This is ", StringComparison.Ordinal) || message.StartsWith("An instant", StringComparison.Ordinal))
            return Problems.Invalid(field is null ? message : $"{field}: {message}", field);
        if (message.Contains("could not be mapped to any", StringComparison.Ordinal))
            return Problems.Invalid($"The body has a member that this call does not know: {field ?? "see /openapi/v1.json"}.", field);
        if (message.Contains("Duplicate property", StringComparison.Ordinal))
            return Problems.Invalid($"The body names a member twice: {field ?? "see /openapi/v1.json"}.", field);
        if (message.Contains("missing required", StringComparison.Ordinal))
            return Problems.Invalid("The body lacks a member that this call needs; /openapi/v1.json says which.", field);
        return Problems.Invalid(field is null
            ? "The body is not the JSON object that this call takes."
            : $"{field} is not of the type that this call takes.", field);
    }
}
