using System.Net;
using System.Text.Json.Nodes;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>Users of a server, their rights, limits and connections: the calls of the management API that the issuer makes (issuers.md §3.1), one method each.</summary>
internal sealed class ServerUsers(RabbitMqTarget target)
{
    /// <summary>The tag of users that this issuer makes. To the server it means nothing; to the issuer: ours.</summary>
    public const string Mark = "jitbroker";

    private const HttpStatusCode Gone = HttpStatusCode.NotFound;
    private const HttpStatusCode Made = HttpStatusCode.Created;
    private const HttpStatusCode Done = HttpStatusCode.NoContent;

    /// <summary>Null when there is no such user. The server's clock comes with it.</summary>
    public async Task<(ServerUser? User, DateTimeOffset? Clock)> FindAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await target.CallAsync(HttpMethod.Get, $"users/{RabbitMqTarget.Part(name)}", null, cancellationToken, HttpStatusCode.OK, Gone);
        return (answer.IsFound ? ServerUser.Of(answer.Body) : null, answer.Date);
    }

    /// <summary>Makes it, or gives it another password. It has no right anywhere.</summary>
    public Task PutAsync(string name, string hash, CancellationToken cancellationToken) => target.CallAsync(
        HttpMethod.Put,
        $"users/{RabbitMqTarget.Part(name)}",
        new JsonObject { ["password_hash"] = hash, ["hashing_algorithm"] = PasswordHash.Algorithm, ["tags"] = Mark },
        cancellationToken,
        Made,
        Done);

    /// <summary>0: nobody connects as it any more.</summary>
    /// <returns>False when there is no such user.</returns>
    public async Task<bool> LimitAsync(string name, int connections, CancellationToken cancellationToken)
    {
        try
        {
            await target.CallAsync(HttpMethod.Put, $"user-limits/{RabbitMqTarget.Part(name)}/max-connections", new JsonObject { ["value"] = connections }, cancellationToken, Done, Made);
            return true;
        }
        catch (UnexpectedAnswerException e) when (e is { Status: HttpStatusCode.BadRequest, Reason: "no_such_user" } or { Status: Gone })
        {
            return false;
        }
    }

    public Task PermitTopicAsync(string name, string vhost, TopicRight right, CancellationToken cancellationToken) => target.CallAsync(
        HttpMethod.Put,
        $"topic-permissions/{RabbitMqTarget.Part(vhost)}/{RabbitMqTarget.Part(name)}",
        new JsonObject { ["exchange"] = right.Exchange, ["write"] = right.Write, ["read"] = right.Read },
        cancellationToken,
        Made,
        Done);

    /// <summary>Opens the virtual host to it.</summary>
    public Task PermitAsync(string name, RabbitMqTerms terms, CancellationToken cancellationToken) => target.CallAsync(
        HttpMethod.Put,
        $"permissions/{RabbitMqTarget.Part(terms.Vhost)}/{RabbitMqTarget.Part(name)}",
        new JsonObject { ["configure"] = terms.Configure, ["write"] = terms.Write, ["read"] = terms.Read },
        cancellationToken,
        Made,
        Done);

    /// <summary>Takes its rights, wherever it has any.</summary>
    public async Task ForbidAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await target.CallAsync(HttpMethod.Get, $"users/{RabbitMqTarget.Part(name)}/permissions", null, cancellationToken, HttpStatusCode.OK, Gone);
        foreach (var right in answer.Body as JsonArray ?? [])
        {
            // No path leads to a virtual host of such a name; the right to it goes with the user.
            if (RabbitMqSettings.Text((right as JsonObject)?["vhost"]) is { } vhost and not ("." or ".."))
                await target.CallAsync(HttpMethod.Delete, $"permissions/{RabbitMqTarget.Part(vhost)}/{RabbitMqTarget.Part(name)}", null, cancellationToken, Done, Gone);
        }
    }

    public Task DeleteAsync(string name, CancellationToken cancellationToken) =>
        target.CallAsync(HttpMethod.Delete, $"users/{RabbitMqTarget.Part(name)}", null, cancellationToken, Done, Gone);

    /// <summary>How many connections of that user name there are now, by the server's own tracking: users of tokens have them too.</summary>
    public async Task<int> ConnectionsAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await target.CallAsync(HttpMethod.Get, $"connections/username/{RabbitMqTarget.Part(name)}", null, cancellationToken, HttpStatusCode.OK, Gone);
        return answer is { IsFound: true, Body: not JsonArray } ? throw new UnexpectedAnswerException(answer.Status, null) : (answer.Body as JsonArray)?.Count ?? 0;
    }

    /// <summary>
    /// Closes them all; their clients are told. One that goes by itself at that moment is answered 500 (3.10), and those after it stay: what counts is the look after this.
    /// </summary>
    public Task CutAsync(string name, CancellationToken cancellationToken) =>
        target.CallAsync(HttpMethod.Delete, $"connections/username/{RabbitMqTarget.Part(name)}", null, cancellationToken, Done, Gone, HttpStatusCode.InternalServerError);
}

/// <summary>A user as the server knows it.</summary>
/// <param name="MaxConnections">Null: no limit.</param>
internal sealed record ServerUser(string Name, IReadOnlyList<string> Tags, int? MaxConnections)
{
    /// <summary>Made by this issuer.</summary>
    public bool IsOurs => Tags is [ServerUsers.Mark];

    /// <summary>Its end has begun.</summary>
    public bool IsBlocked => MaxConnections == 0;

    /// <exception cref="UnexpectedAnswerException">It is no user.</exception>
    public static ServerUser Of(JsonNode? node)
    {
        if (node is not JsonObject user || RabbitMqSettings.Text(user["name"]) is not { } name)
            throw new UnexpectedAnswerException(HttpStatusCode.OK, null);
        var limit = (user["limits"] as JsonObject)?["max-connections"] is JsonValue value && value.TryGetValue<int>(out var most) ? most : (int?)null;
        return new ServerUser(name, TagsOf(user["tags"]), limit);
    }

    /// <summary>A list; before 3.9 text with commas.</summary>
    private static List<string> TagsOf(JsonNode? node) => node is JsonArray items
        ? [.. items.Select(RabbitMqSettings.Text).OfType<string>()]
        : [.. (RabbitMqSettings.Text(node) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];
}
