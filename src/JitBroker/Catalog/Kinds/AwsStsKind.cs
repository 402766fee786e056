using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>
/// AWS STS sessions. Settings <c>{region, accessKeyId, secretAccessKey, stsEndpoint, iamEndpoint}</c>, grants <c>{role, policy, policyArns, session, allowWide}</c>;
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
        var (role, arns, policy) = (map.Need("role", "Name the role's ARN."), map.Take("policyArns"), map.Take("policy"));
        var allowed = map.Take("allowWide")?.Text(500);
        var wide = new WideGrants(allowed is not null);
        var (named, text) = (PolicyArns(arns, wide), policy is null ? null : SessionPolicyText.Read(policy, wide));
        if (text is not null && SessionPolicyText.LengthWithEnd(text) + named.Sum(a => a.Length) is var length and > SessionPolicyText.Longest)
            policy!.FaultHere(string.Create(CultureInfo.InvariantCulture, $"The policy, with the end of the grant that the broker adds and the policyArns, comes to {length} characters; AWS takes {SessionPolicyText.Longest}"), "Shorten it, or move parts of it into a policy of the role.");
        var json = new JsonObject
        {
            ["role"] = role is null ? null : Role(role, wide),
            ["session"] = Durations.Iso(Session(map.Take("session"))),
            ["policyArns"] = JsonValues.Texts(named),
        };
        json.Put("policy", text);
        json.Put("allowWide", allowed);
        return json;
    }

    /// <summary>The roles that AWS keeps for itself take no inline policy, so no session of them could be ended early.</summary>
    private static string? Role(Field field, WideGrants wide)
    {
        if (field.Text(RoleArn(), "the ARN of a role, arn:aws:iam::123456789012:role/NAME", 2_048) is not { } arn)
            return null;
        var name = arn[(arn.LastIndexOf('/') + 1)..];
        if (arn.Contains(":role/aws-service-role/", StringComparison.Ordinal) || arn.Contains(":role/aws-reserved/", StringComparison.Ordinal))
            field.Fault("is a role of AWS's own, whose sessions the broker could not end", "Make a role for this.");
        else if (IsAdministrators(name) || name is "OrganizationAccountAccessRole" or "AWSControlTowerExecution")
            wide.Fault(field, "is by its name an administrator's role");
        return arn;
    }

    private static string Endpoint(Field? field, CatalogChecks checks)
    {
        if (field is null or { Node: YamlScalar { Text: "" } } || checks.Address(field, "https", "http") is not { } address)
            return "";
        var uri = new Uri(address);
        if (uri.Scheme == "http" && !uri.IsLoopback)
            field.Fault("is plain http, and its answers hold secrets", "Write https://; http is for an emulator on this machine.");
        else if (uri.PathAndQuery != "/" || uri.Fragment.Length > 0)
            field.Fault("has a path or a query", "Write scheme, host and port only.");
        return address;
    }

    private static TimeSpan Session(Field? field)
    {
        if (field?.Duration(TimeSpan.FromHours(12)) is not { } session)
            return TimeSpan.FromHours(1);
        if (session < TimeSpan.FromMinutes(15))
            field.Fault("is shorter than AWS allows (15m)", "Write 15m or more; the grant's own end is kept exactly by a session policy.");
        return session;
    }

    private static List<string> PolicyArns(Field? field, WideGrants wide)
    {
        var named = field?.List("a list of policy ARNs").Select(a => (Field: a, Arn: a.Text(PolicyArn(), "the ARN of a policy", 2_048))).Where(a => a.Arn is not null).ToList() ?? [];
        foreach (var (at, arn) in named)
            if (IsAdministrators(arn![(arn!.LastIndexOf('/') + 1)..]))
                wide.Fault(at, "is a policy for administrators, or for all of a service");
        if (named.Count > 10)
            field?.FaultHere("More than 10 policies are named, and AWS takes no more", "Merge some.");
        return [.. named.Select(a => a.Arn!)];
    }

    private static bool IsAdministrators(string name) =>
        name.Contains("admin", StringComparison.OrdinalIgnoreCase) || name.Contains("poweruser", StringComparison.OrdinalIgnoreCase) || name.EndsWith("FullAccess", StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"\A[a-z]{2}(-[a-z]+)+-[0-9]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Region();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex RoleArn();

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex PolicyArn();
}
