using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.People.Scim;
using JitBroker.Server.Settings;
using JitBroker.Storage;

namespace JitBroker.Server.Scim;

/// <summary>Users and groups as SCIM shows them.</summary>
internal sealed class ScimResources(BrokerSettings settings)
{
    public const string Base = "/scim/v2";

    public JsonObject Of(ScimUser user)
    {
        var resource = Head(ScimSchemas.User, user.Id, user.ExternalId);
        resource["userName"] = user.UserName;
        foreach (var (name, value) in ScimJson.ParseObject(user.Attributes))
            resource[name] = value?.DeepClone();
        resource["active"] = user.Active;
        resource["meta"] = Meta("User", "Users", user.Id, user.CreatedAt, user.ChangedAt, user.Version);
        return resource;
    }

    /// <param name="members">Null: they were not asked for.</param>
    public JsonObject Of(ScimGroup group, IReadOnlyList<string>? members)
    {
        var resource = Head(ScimSchemas.Group, group.Id, group.ExternalId);
        resource["displayName"] = group.DisplayName;
        if (members is not null)
            resource["members"] = new JsonArray([.. members.Select(m => new JsonObject { ["value"] = m, ["$ref"] = Location("Users", m), ["type"] = "User" })]);
        resource["meta"] = Meta("Group", "Groups", group.Id, group.CreatedAt, group.ChangedAt, group.Version);
        return resource;
    }

    public static JsonObject List(long total, ScimQuery query, IReadOnlyList<JsonObject> resources) => new()
    {
        ["schemas"] = new JsonArray(ScimSchemas.List),
        ["totalResults"] = total,
        ["startIndex"] = query.StartIndex,
        ["itemsPerPage"] = resources.Count,
        ["Resources"] = new JsonArray([.. resources]),
    };

    public string Location(string type, string id) => $"{settings.Broker.PublicUrl.AbsoluteUri.TrimEnd('/')}{Base}/{type}/{id}";

    public static string ETag(int version) => string.Create(CultureInfo.InvariantCulture, $"W/\"{version}\"");

    /// <summary>The version that <c>If-Match</c> wants; null: none in particular.</summary>
    /// <exception cref="ScimException">412: it wants one that there never was.</exception>
    public static int? IfMatch(HttpContext context)
    {
        var text = context.Request.Headers.IfMatch.ToString().Trim();
        if (text.Length == 0 || text == "*")
            return null;
        return Version(text) ?? throw Stale();
    }

    /// <summary>Whether the client has this version already.</summary>
    public static bool IsKnown(HttpContext context, int version) =>
        context.Request.Headers.IfNoneMatch.ToString().Split(',').Any(t => t.Trim() is "*" || Version(t.Trim()) == version);

    public static ScimException Stale() => new(412, null, "It has changed since it was read. Read it again.");

    private static int? Version(string etag)
    {
        var bare = etag.StartsWith("W/", StringComparison.Ordinal) ? etag[2..] : etag;
        return bare.Length > 2 && bare[0] == '"' && bare[^1] == '"' && int.TryParse(bare[1..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : null;
    }

    private static JsonObject Head(string schema, string id, string? externalId)
    {
        var resource = new JsonObject { ["schemas"] = new JsonArray(schema), ["id"] = id };
        if (externalId is not null)
            resource["externalId"] = externalId;
        return resource;
    }

    private JsonObject Meta(string resourceType, string type, string id, DateTimeOffset createdAt, DateTimeOffset changedAt, int version) => new()
    {
        ["resourceType"] = resourceType, ["created"] = Instants.ToText(createdAt), ["lastModified"] = Instants.ToText(changedAt), ["location"] = Location(type, id), ["version"] = ETag(version),
    };
}
