using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>What stands at a server under our names: users, and where there are tokens, their connections.</summary>
internal sealed class ListUsers(SecretLookup secrets) : IListsTarget
{
    private const string Prefix = "jit-";

    public string Kind => RabbitMqIssuer.KindName;

    public async Task<TargetListing> ListAsync(TargetToCheck target, CancellationToken cancellationToken)
    {
        if (!RabbitMqSettings.TryRead(target.Settings, out var settings, out var problem) || !RabbitMqTarget.TryFind(secrets, settings.Management, settings.User, settings.Password, out var server, out problem))
            return new TargetListing.Failed(problem);
        try
        {
            return new TargetListing.Listed(settings.IsToken ? await ConnectedAsync(server, cancellationToken) : await UsersAsync(server, cancellationToken), IsWhole: !settings.IsToken);
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            return new TargetListing.Failed(Trouble.Of(server, "listing users", e));
        }
    }

    private static async Task<IReadOnlyList<StandingObject>> UsersAsync(RabbitMqTarget server, CancellationToken cancellationToken)
    {
        var answer = await server.CallAsync(HttpMethod.Get, "users?columns=name,tags", null, cancellationToken, HttpStatusCode.OK);
        return [.. Rows(answer).Select(ServerUser.Of).Where(u => IsLikeOurs(u.Name)).Select(u => new StandingObject(u.Name, u.IsOurs ? UserHandle.LeaseOf(u.Name) : null, "user"))];
    }

    /// <summary>By name alone: a connection carries no mark. The list is some seconds late.</summary>
    private static async Task<IReadOnlyList<StandingObject>> ConnectedAsync(RabbitMqTarget server, CancellationToken cancellationToken)
    {
        var answer = await server.CallAsync(HttpMethod.Get, "connections?columns=user", null, cancellationToken, HttpStatusCode.OK);
        var names = Rows(answer).Select(r => RabbitMqSettings.Text((r as JsonObject)?["user"])).OfType<string>().Where(IsLikeOurs).Distinct(StringComparer.Ordinal);
        return [.. names.Select(n => new StandingObject(n, UserHandle.LeaseOf(n), "connections of a token"))];
    }

    /// <exception cref="UnexpectedAnswerException">It is no list, so nothing may be concluded from what is missing.</exception>
    private static JsonArray Rows(ManagementAnswer answer) => answer.Body as JsonArray ?? throw new UnexpectedAnswerException(answer.Status, null);

    private static bool IsLikeOurs(string name) => name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
}
