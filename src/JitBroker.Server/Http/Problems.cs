using System.Globalization;
using System.Text.Json;
using JitBroker.Catalog;
using JitBroker.People;
using Microsoft.AspNetCore.WebUtilities;
using Codes = JitBroker.Policy.Codes;
using Problem = JitBroker.Client.Problem;
using Refusal = JitBroker.Policy.Refusal;

namespace JitBroker.Server.Http;

/// <summary>Turns every no into problem details (RFC 9457) with a stable code.</summary>
internal static class Problems
{
    public const string ContentType = "application/problem+json";

    /// <summary>Which status goes with a refusal's code.</summary>
    public static int StatusOf(Refusal refusal) => Client.Codes.StatusOf(refusal.Code);

    public static Problem Of(Refusal refusal, PeopleDirectory directory)
    {
        var status = StatusOf(refusal);
        return new Problem
        {
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = refusal.Text,
            Code = refusal.Code,
            Errors = refusal.Field is { } field ? Errors((NameOf(field), refusal.Text)) : null,
            SettledBy = refusal.SettledBy is { } email ? Views.PersonView.Of(email, directory) : null,
            State = refusal.State,
            Id = refusal.Id,
        };
    }

    public static Problem Of(int status, string code, string detail, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors = null) => new()
    {
        Title = ReasonPhrases.GetReasonPhrase(status),
        Status = status,
        Detail = detail,
        Code = code,
        Errors = errors,
    };

    public static Problem Invalid(string detail, string? field = null) =>
        Of(StatusCodes.Status400BadRequest, Codes.InvalidRequest, detail, field is null ? null : Errors((field, detail)));

    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Errors(params (string Field, string Text)[] faults) =>
        faults.GroupBy(f => f.Field, StringComparer.Ordinal).ToDictionary(g => g.Key, g => (IReadOnlyList<string>)[.. g.Select(f => f.Text)], StringComparer.Ordinal);

    public static byte[] ToBytes(Problem problem) => JsonSerializer.SerializeToUtf8Bytes(problem, Client.Wire.Strict);

    /// <summary>Writes the problem, unless the answer has begun already.</summary>
    public static async Task WriteAsync(HttpContext context, Problem problem, TimeSpan? retryAfter = null)
    {
        if (context.Response.HasStarted)
            return;
        if (context.GetEndpoint()?.Metadata.GetMetadata<IProblemView>() is { } view)
        {
            await view.WriteAsync(context, problem, retryAfter);
            return;
        }

        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = ContentType;
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await context.Response.Body.WriteAsync(ToBytes(problem), context.RequestAborted);
    }

    /// <summary>The use cases speak of form fields; the API's member has another name.</summary>
    private static string NameOf(string field) => field == "starts" ? "startsAt" : field;
}

/// <summary>How an endpoint's problems are told when not as problem details: metadata of endpoints that people look at.</summary>
internal interface IProblemView
{
    Task WriteAsync(HttpContext context, Problem problem, TimeSpan? retryAfter);
}

/// <summary>Ends the call with a problem, from wherever it is noticed before anything was done.</summary>
internal sealed class ProblemException(Problem problem, TimeSpan? retryAfter = null) : Exception(problem.Detail)
{
    public Problem Problem => problem;

    public TimeSpan? RetryAfter => retryAfter;
}
