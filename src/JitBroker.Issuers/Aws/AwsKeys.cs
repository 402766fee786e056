using System.Diagnostics.CodeAnalysis;
using JitBroker.Issuing;

namespace JitBroker.Issuers.Aws;

/// <summary>The keys of the broker's own user, read anew for each mint and each end.</summary>
internal sealed record AwsKeys(string AccessKeyId, Secret SecretAccessKey)
{
    /// <summary>False with <paramref name="problem"/> a sentence that holds nothing of them.</summary>
    public static bool TryFind(SecretLookup secrets, AwsWay way, [NotNullWhen(true)] out AwsKeys? keys, out string problem)
    {
        keys = null;
        if (Found(secrets, way.AccessKeyId, out problem) is not { } id || Found(secrets, way.SecretAccessKey, out problem) is not { } secret)
            return false;
        // It goes into a header as it is.
        if (id.Length is 0 or > 128 || !id.All(char.IsAsciiLetterOrDigit))
            problem = "The accessKeyId is not the id of an access key.";
        else
            keys = new AwsKeys(id, new Secret(secret));
        return keys is not null;
    }

    public override string ToString() => $"AwsKeys {{ {AccessKeyId}, *** }}";

    /// <summary>The id of a key is no secret and may stand in the catalog itself.</summary>
    private static string? Found(SecretLookup secrets, string text, out string problem)
    {
        problem = "";
        return text.Contains("${", StringComparison.Ordinal) ? secrets(text, out problem)?.Trim() : text;
    }
}
