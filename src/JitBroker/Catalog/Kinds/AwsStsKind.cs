using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// AWS STS sessions. Settings <c>{region, accessKeyId, secretAccessKey, stsEndpoint, iamEndpoint}</c>, grants <c>{role, policy, policyArns, session}</c>;
/// limits are those of AssumeRole (API version 2011-06-15).
/// </summary>
internal sealed partial class AwsStsKind : IIssuerKind
{
    public string Name => "aws-sts";

    public JsonObject Settings(FieldMap map, CatalogChecks checks)
    {
        var secret = map.Need("secretAccessKey", "Write secretAccessKey: ${env:NAME}.");
        var id = map.Need("accessKeyId", "Write accessKeyId: ${env:NAME}.");
        return new JsonObject
        {
            ["region"] = map.Need("region", "Name the region, e.g. eu-west-1.")?.Text(Region(), "a region such as eu-west-1"),
            ["accessKeyId"] = id is null ? null : checks.Plain(id),
            ["secretAccessKey"] = secret is null ? null : checks.Secret(secret),
            ["stsEndpoint"] = Endpoint(map.Take("stsEndpoint"), checks),
            ["iamEndpoint"] = Endpoint(map.Take("iamEndpoint"), checks),
        };
    }

    public JsonObject Grants(FieldMap map, string issuer, CatalogChecks checks)
    {
        var json = new JsonObject
        {
            ["role"] = map.Need("role", "Name the role's ARN.")?.Text(RoleArn(), "the ARN of a role, arn:aws:iam::123456789012:role/NAME", 2_048),
            ["session"] = Durations.Iso(Session(map.Take("session"))),
            ["policyArns"] = JsonValues.Texts(PolicyArns(map.Take("policyArns"))),
        };
        json.Put("policy", map.Take("policy") is { } policy ? Policy(policy) : null);
        return json;
    }

    private static string Endpoint(Field? field, CatalogChecks checks) =>
        field is null or { Node: YamlScalar { Text: "" } } ? "" : checks.Address(field, "https", "http") ?? "";

    private static TimeSpan Session(Field? field)
    {
        if (field?.Duration(TimeSpan.FromHours(12)) is not { } session)
            return TimeSpan.FromHours(1);
        if (session < TimeSpan.FromMinutes(15))
            field.Fault("is shorter than AWS allows (15m)", "Write 15m or more; the grant's own end is kept exactly by a session policy.");
        return session;
    }

    private static List<string> PolicyArns(Field? field)
    {
        var arns = field?.List("a list of policy ARNs").Select(a => a.Text(PolicyArn(), "the ARN of a policy", 2_048)).OfType<string>().ToList() ?? [];
        if (arns.Count > 10)
            field?.FaultHere("More than 10 policies are named, and AWS takes no more", "Merge some.");
        return arns;
    }

    /// <summary>A policy as a map, or as JSON text; comes out as JSON text of at most 2,048 characters.</summary>
    private static string? Policy(Field field)
    {
        JsonNode? policy = null;
        try
        {
            policy = field.Node is YamlScalar text ? JsonNode.Parse(text.Text) : JsonValues.Of(field);
        }
        catch (JsonException)
        {
            field.FaultHere("The policy is not JSON", "Write it as JSON text or as a map.");
            return null;
        }

        var json = policy?.ToJsonString() ?? "";
        if (policy is not JsonObject || !policy.AsObject().ContainsKey("Statement"))
            field.FaultHere("The policy is no IAM policy: it has no Statement", "Write { Version: \"2012-10-17\", Statement: [ … ] }.");
        else if (json.Length > 1_900)
            field.FaultHere("The policy is longer than 1,900 characters; AWS takes 2,048 and the broker adds the end of the grant", "Shorten it, or use policyArns.");
        return json;
    }

    [GeneratedRegex(@"\A[a-z]{2}(-[a-z]+)+-[0-9]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Region();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex RoleArn();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex PolicyArn();
}
