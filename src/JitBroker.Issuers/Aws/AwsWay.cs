using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// The way to AWS as the catalog writes it: region, the unresolved keys of the broker's own user, and the addresses of STS and IAM. No address comes
/// from anywhere else: not from the environment, not from a profile, not from an answer.
/// </summary>
internal sealed partial record AwsWay(string Region, string AccessKeyId, string SecretAccessKey, Uri Sts, Uri Iam)
{
    /// <summary>IAM is global and signed for one region in each partition.</summary>
    public string IamRegion => PartitionOf(Region) switch { "aws-cn" => "cn-north-1", "aws-us-gov" => "us-gov-west-1", _ => "us-east-1" };

    /// <summary>The issuer's settings. True with <paramref name="way"/>, or false with <paramref name="problem"/> a sentence for people.</summary>
    public static bool TryRead(string settings, [NotNullWhen(true)] out AwsWay? way, out string problem)
    {
        way = null;
        problem = "The issuer's settings are not a JSON object.";
        return AwsTerms.Parse(settings) is { } read && TryRead(read, out way, out problem);
    }

    /// <summary>As <see cref="Write"/> wrote it, or as the catalog has it.</summary>
    public static bool TryRead(JsonObject read, [NotNullWhen(true)] out AwsWay? way, out string problem)
    {
        way = null;
        var region = AwsTerms.Text(read["region"]) ?? "";
        if (!RegionForm().IsMatch(region))
            problem = "The issuer's region is missing or no region.";
        else if (AwsTerms.Text(read["accessKeyId"]) is not { Length: > 0 } id || AwsTerms.Text(read["secretAccessKey"]) is not { Length: > 0 } secret)
            problem = "The issuer's accessKeyId or secretAccessKey is missing.";
        else if (Endpoint(read["stsEndpoint"], $"https://sts.{region}.{DomainOf(region)}") is not { } sts || Endpoint(read["iamEndpoint"], UsualIam(region)) is not { } iam)
            problem = "The issuer's stsEndpoint or iamEndpoint is no https address without path, query and user (plain http is for loopback only).";
        else
            (way, problem) = (new AwsWay(region, id, secret, sts, iam), "");
        return way is not null;
    }

    /// <summary>For a handle: nothing is resolved.</summary>
    public JsonObject Write() => new()
    {
        ["region"] = Region, ["accessKeyId"] = AccessKeyId, ["secretAccessKey"] = SecretAccessKey, ["stsEndpoint"] = Sts.AbsoluteUri, ["iamEndpoint"] = Iam.AbsoluteUri,
    };

    private static Uri? Endpoint(JsonNode? node, string usual)
    {
        var text = AwsTerms.Text(node) is { Length: > 0 } given ? given : usual;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback)) && uri.UserInfo.Length == 0 && uri.PathAndQuery == "/" && uri.Fragment.Length == 0
            ? uri
            : null;
    }

    private static string UsualIam(string region) => PartitionOf(region) switch
    {
        "aws-cn" => "https://iam.cn-north-1.amazonaws.com.cn",
        "aws-us-gov" => "https://iam.us-gov.amazonaws.com",
        _ => "https://iam.amazonaws.com",
    };

    private static string DomainOf(string region) => PartitionOf(region) == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com";

    private static string PartitionOf(string region) => region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov" : "aws";

    [GeneratedRegex(@"\A[a-z]{2}(-[a-z]+)+-[0-9]+\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex RegionForm();
}
