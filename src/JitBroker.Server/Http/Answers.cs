using System.Text;
using System.Text.Json;
using JitBroker.People;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http;

/// <summary>An answer as it goes out: kept as text, so that a stored one is sent again byte by byte.</summary>
internal sealed record Answer(int Status, string Body, string? Location = null) : IResult
{
    public static Answer Of<T>(int status, T value, string? location = null) =>
        new(status, JsonSerializer.Serialize(value, Client.Wire.Strict), location);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        if (Location is not null)
            response.Headers.Location = Location;
        if (Body.Length == 0)
            return;
        response.ContentType = "application/json; charset=utf-8";
        await response.Body.WriteAsync(Encoding.UTF8.GetBytes(Body), httpContext.RequestAborted);
    }
}

/// <summary>A no of a use case as it goes out.</summary>
internal sealed class RefusalResult(Refusal refusal, PeopleDirectory directory) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext) => Problems.WriteAsync(httpContext, Problems.Of(refusal, directory), refusal.RetryAfter);
}
