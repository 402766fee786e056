using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Connector;

/// <summary>Who is in a conversation. Callers hold the gate.</summary>
internal sealed class MemberCalls(Tenant tenant, ActivityCalls activities)
{
    private const int Least = 50;
    private const int Most = 500;

    /// <summary>By <c>29:</c> id or object id.</summary>
    public ConnectorAnswer Get(ConnectorCall call)
    {
        var (chat, root) = tenant.Locate(call.Conversation);
        if (Unreachable(chat, root) is { } barred) return barred;
        return tenant.Find(call.Id) is { } person && chat!.Members.Contains(person.Id)
            ? new ConnectorAnswer(200, Member(person)) : ConnectorAnswer.Fail(404, "MemberNotFoundInConversation", "The member is not in this conversation.");
    }

    /// <summary>By pages of 50 to 500.</summary>
    public ConnectorAnswer Paged(ConnectorCall call)
    {
        var (chat, root) = tenant.Locate(call.Conversation);
        if (Unreachable(chat, root) is { } barred) return barred;
        var size = Math.Clamp(Number(call, "pageSize", 200), Least, Most);
        var from = Number(call, "continuationToken", 0);
        var all = MembersOf(chat!);
        var next = from + size < all.Count ? (from + size).ToString(CultureInfo.InvariantCulture) : null;
        return new ConnectorAnswer(200, new JsonObject { ["members"] = new JsonArray([.. all.Skip(from).Take(size).Select(Member)]), ["continuationToken"] = next });
    }

    /// <summary>The old way, which Teams throttles hard.</summary>
    public ConnectorAnswer All(ConnectorCall call)
    {
        var (chat, root) = tenant.Locate(call.Conversation);
        return Unreachable(chat, root) ?? new ConnectorAnswer(200, new JsonArray([.. MembersOf(chat!).Select(Member)]));
    }

    // who is in a chat may be read even though the person blocked the bot
    private ConnectorAnswer? Unreachable(Chat? chat, string? root) =>
        activities.Barred(chat, root) is { } barred && (barred.Status == 404 || chat is null || !tenant.HasBot(chat)) ? barred : null;

    private List<PlaygroundTeamsPerson> MembersOf(Chat chat) => [.. chat.Members.Select(m => tenant.People[m]).OrderBy(p => p.Id, StringComparer.Ordinal)];

    /// <summary>Both spellings of the object id are seen in the wild.</summary>
    private JsonObject Member(PlaygroundTeamsPerson person)
    {
        var names = person.Name.Split(' ', 2);
        return new JsonObject
        {
            ["id"] = person.Id, ["objectId"] = person.ObjectId.ToString(), ["aadObjectId"] = person.ObjectId.ToString(), ["name"] = person.Name, ["givenName"] = names[0],
            ["surname"] = names.Length > 1 ? names[1] : null, ["email"] = person.Email, ["userPrincipalName"] = person.Email,
            ["tenantId"] = (person.TenantId ?? tenant.Options.TenantId).ToString(), ["userRole"] = person.Role,
        };
    }

    private static int Number(ConnectorCall call, string name, int otherwise) => int.TryParse(call.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : otherwise;
}
