using System.Text.Json.Nodes;

namespace JitBroker.Server.Scim;

/// <summary>What can be had here (RFC 7643 §5 to §7): the same for every client.</summary>
internal sealed class ScimDiscovery(ScimResources resources)
{
    public IResult ProviderConfig() => new ScimAnswer(200, new JsonObject
    {
        ["schemas"] = new JsonArray(ScimSchemas.ProviderConfig),
        ["patch"] = Supported(true),
        ["bulk"] = new JsonObject { ["supported"] = false, ["maxOperations"] = 0, ["maxPayloadSize"] = 0 },
        ["filter"] = new JsonObject { ["supported"] = true, ["maxResults"] = ScimQuery.Most },
        ["changePassword"] = Supported(false),
        ["sort"] = Supported(false),
        ["etag"] = Supported(true),
        ["authenticationSchemes"] = new JsonArray(new JsonObject
        {
            ["type"] = "oauthbearertoken", ["name"] = "Bearer token", ["description"] = "The token of this client in Scim:Clients.", ["primary"] = true,
        }),
        ["meta"] = Meta("ServiceProviderConfig", "ServiceProviderConfig"),
    });

    public IResult ResourceTypes() => List([Type("User", "Users", ScimSchemas.User), Type("Group", "Groups", ScimSchemas.Group)]);

    public IResult ResourceType(string id) => id switch
    {
        "User" => new ScimAnswer(200, Type("User", "Users", ScimSchemas.User)),
        "Group" => new ScimAnswer(200, Type("Group", "Groups", ScimSchemas.Group)),
        _ => throw ScimException.NotFound(),
    };

    public IResult Schemas() => List([User(), Group()]);

    public IResult Schema(string id) => id switch
    {
        ScimSchemas.User => new ScimAnswer(200, User()),
        ScimSchemas.Group => new ScimAnswer(200, Group()),
        _ => throw ScimException.NotFound(),
    };

    private static ScimAnswer List(JsonObject[] all) => new(200, new JsonObject
    {
        ["schemas"] = new JsonArray(ScimSchemas.List), ["totalResults"] = all.Length, ["startIndex"] = 1, ["itemsPerPage"] = all.Length, ["Resources"] = new JsonArray([.. all]),
    });

    private static JsonObject Supported(bool supported) => new() { ["supported"] = supported };

    private JsonObject Meta(string resourceType, string path) => new()
    {
        ["resourceType"] = resourceType, ["location"] = resources.Location(path.Split('/')[0], "").TrimEnd('/') + (path.Contains('/', StringComparison.Ordinal) ? "/" + path.Split('/')[1] : ""),
    };

    private JsonObject Type(string name, string endpoint, string schema) => new()
    {
        ["schemas"] = new JsonArray(ScimSchemas.ResourceType), ["id"] = name, ["name"] = name, ["endpoint"] = "/" + endpoint, ["schema"] = schema,
        ["schemaExtensions"] = new JsonArray(), ["meta"] = Meta("ResourceType", "ResourceTypes/" + name),
    };

    private JsonObject User() => Schema(ScimSchemas.User, "User",
    [
        Attribute("userName", required: true, uniqueness: "server"),
        Attribute("displayName"),
        Attribute("externalId", caseExact: true),
        Complex("name", false, [.. new[] { "formatted", "familyName", "givenName", "middleName", "honorificPrefix", "honorificSuffix" }.Select(n => Attribute(n))]),
        Complex("emails", true, [Attribute("value", uniqueness: "server"), Attribute("type"), Attribute("primary", type: "boolean")]),
        Attribute("active", type: "boolean"),
    ]);

    private JsonObject Group() => Schema(ScimSchemas.Group, "Group",
    [
        Attribute("displayName", required: true, uniqueness: "server"),
        Attribute("externalId", caseExact: true),
        Complex("members", true, [Attribute("value", caseExact: true, mutability: "immutable"), Attribute("$ref", type: "reference", mutability: "immutable"), Attribute("type", mutability: "immutable")]),
    ]);

    private JsonObject Schema(string id, string name, JsonObject[] attributes) => new()
    {
        ["schemas"] = new JsonArray(ScimSchemas.Schema), ["id"] = id, ["name"] = name, ["attributes"] = new JsonArray([.. attributes]), ["meta"] = Meta("Schema", "Schemas/" + id),
    };

    private static JsonObject Complex(string name, bool multiValued, JsonObject[] parts)
    {
        var attribute = Attribute(name, type: "complex");
        attribute["multiValued"] = multiValued;
        attribute["subAttributes"] = new JsonArray([.. parts]);
        return attribute;
    }

    private static JsonObject Attribute(string name, string type = "string", bool required = false, bool caseExact = false, string mutability = "readWrite", string uniqueness = "none") => new()
    {
        ["name"] = name, ["type"] = type, ["multiValued"] = false, ["required"] = required, ["caseExact"] = caseExact, ["mutability"] = mutability, ["returned"] = "default", ["uniqueness"] = uniqueness,
    };
}
