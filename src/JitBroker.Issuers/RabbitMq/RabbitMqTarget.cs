using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Catalog;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// The way to one server's management API as the broker's own user: that address and no other. No redirect is followed, no proxy of the environment used, no cookie kept;
/// a changed password is seen at the next mint or end.
/// </summary>
internal sealed class RabbitMqTarget
{
    // Far below the broker's own limits (12 s to end, 20 s to mint), which hold for several calls.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private static readonly HttpClient Http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(3),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 32 * 1024 * 1024,
    };

    private readonly Uri _management;
    private readonly AuthenticationHeaderValue _login;

    private RabbitMqTarget(Uri management, string reference, AuthenticationHeaderValue login) => (_management, Reference, _login) = (management, reference, login);

    /// <summary>The unresolved text of the password: what may be shown.</summary>
    public string Reference { get; }

    /// <summary>Whether the broker's password would cross a network in the clear.</summary>
    public bool IsInTheClear => _management.Scheme == Uri.UriSchemeHttp && !_management.IsLoopback;

    /// <summary>False with <paramref name="problem"/> a sentence that holds neither name nor password.</summary>
    public static bool TryFind(SecretLookup secrets, Uri management, string user, string password, [NotNullWhen(true)] out RabbitMqTarget? target, out string problem)
    {
        target = null;
        if (Text(secrets, user, out problem) is not { } name || Text(secrets, password, out problem) is not { } secret)
            return false;
        var login = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));
        target = new RabbitMqTarget(management, SecretReferences.IsWholly(password) ? password : "issuers.password", login);
        return true;
    }

    /// <summary>What it answers to a call; <see cref="UnexpectedAnswerException"/> for a status that is not <paramref name="expected"/>.</summary>
    /// <param name="path">Below <c>/api/</c>; every part made by <see cref="Part"/>.</param>
    /// <exception cref="HttpRequestException">It is away.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task<ManagementAnswer> CallAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken, params HttpStatusCode[] expected)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            using var call = new HttpRequestMessage(method, new Uri($"{_management.GetLeftPart(UriPartial.Path).TrimEnd('/')}/api/{path}"));
            call.Headers.Authorization = _login;
            if (method == HttpMethod.Delete)
                call.Headers.TryAddWithoutValidation("X-Reason", "Access has ended");
            if (body is not null)
                call.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await Http.SendAsync(call, timeout.Token);
            var read = Read(await answer.Content.ReadAsByteArrayAsync(timeout.Token));
            return expected.Contains(answer.StatusCode)
                ? new ManagementAnswer(answer.StatusCode, read, answer.Headers.Date)
                : throw new UnexpectedAnswerException(answer.StatusCode, ReasonIn(read));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
    }

    /// <summary>A name as one part of a path. <c>.</c> and <c>..</c> would walk up it, and are no names here.</summary>
    public static string Part(string name) => Uri.EscapeDataString(name);

    private static string? Text(SecretLookup secrets, string text, out string problem)
    {
        problem = "";
        return text.Contains("${", StringComparison.Ordinal) ? secrets(text, out problem) : text;
    }

    private static JsonNode? Read(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The server's own words, when they are words: what is sent may be quoted in them, so anything longer is left out.</summary>
    private static string? ReasonIn(JsonNode? body)
    {
        var given = (body as JsonObject)?["reason"];
        var text = given is JsonArray words ? RabbitMqSettings.Text(words.FirstOrDefault()) : RabbitMqSettings.Text(given);
        return text is { Length: > 0 and <= 60 } && text.All(c => char.IsAsciiLetter(c) || c is '_' or ' ') ? text : null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_management.Host}:{_management.Port}");
}

/// <summary>An answer whose status was expected.</summary>
/// <param name="Body">Null when there is none, or it is no JSON.</param>
/// <param name="Date">The server's clock, to the second.</param>
internal sealed record ManagementAnswer(HttpStatusCode Status, JsonNode? Body, DateTimeOffset? Date)
{
    public bool IsFound => Status == HttpStatusCode.OK;
}

/// <summary>The server answered something that the call has no use for.</summary>
internal sealed class UnexpectedAnswerException(HttpStatusCode status, string? reason) : Exception($"{(int)status} {reason}")
{
    public HttpStatusCode Status => status;

    /// <summary>The server's words, or null.</summary>
    public string? Reason => reason;
}
