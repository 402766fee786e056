using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.SecurityToken;

namespace JitBroker.Tests.Storage;

/// <summary>Somebody with keys who calls an AWS: signed by the SDK's own signer, so that nothing here is the issuer's.</summary>
public sealed class AwsCaller(Uri aws, string keyId, string secret, string? sessionToken = null)
{
    private static readonly HttpClient Http = new();

    public string KeyId => keyId;

    public string Secret => secret;

    /// <summary>An IAM call that must succeed.</summary>
    public async Task<AwsAnswer> IamAsync(string action, params (string Name, string Value)[] parameters)
    {
        var answer = await QueryAsync("iam", "us-east-1", "2010-05-08", action, parameters);
        Assert.True(answer.Status == 200, $"{action}: {answer.Status} {answer.Body}");
        return answer;
    }

    public Task<AwsAnswer> QueryAsync(string service, string region, string version, string action, params (string Name, string Value)[] parameters)
    {
        var form = string.Join('&', new[] { ("Action", action), ("Version", version) }.Concat(parameters).Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2)}"));
        return CallAsync(service, region, form, "application/x-www-form-urlencoded; charset=utf-8", null);
    }

    /// <summary>A Kinesis call, in eu-west-1.</summary>
    public Task<AwsAnswer> KinesisAsync(string action, JsonObject body) => CallAsync("kinesis", "eu-west-1", body.ToJsonString(), "application/x-amz-json-1.1", $"Kinesis_20131202.{action}");

    private async Task<AwsAnswer> CallAsync(string service, string region, string body, string type, string? target)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var signed = new DefaultRequest(new AnyRequest(), service) { HttpMethod = "POST", Endpoint = aws, ResourcePath = "/", OverrideSigningServiceName = service, AuthenticationRegion = region, Content = bytes };
        signed.Headers["Content-Type"] = type;
        if (target is not null)
            signed.Headers["X-Amz-Target"] = target;
        if (sessionToken is not null)
            signed.Headers["X-Amz-Security-Token"] = sessionToken;
        var signature = new AWS4Signer().SignRequest(signed, new AmazonSecurityTokenServiceConfig { ServiceURL = aws.AbsoluteUri }, null, keyId, secret);
        using var request = new HttpRequestMessage(HttpMethod.Post, aws) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        foreach (var (name, value) in signed.Headers.Where(h => h.Key.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)))
            request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation("Authorization", signature.ForAuthorizationHeader);
        using var answer = await Http.SendAsync(request);
        return new AwsAnswer((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private sealed class AnyRequest : AmazonWebServiceRequest;
}

/// <summary>What came back, XML or JSON.</summary>
public sealed record AwsAnswer(int Status, string Body)
{
    public string Text(string element) => XDocument.Parse(Body).Descendants().First(e => e.Name.LocalName == element).Value;

    public IReadOnlyList<string> Members(string list) => [.. XDocument.Parse(Body).Descendants().Where(e => e.Name.LocalName == list).SelectMany(e => e.Elements()).Select(e => e.Value)];

    /// <summary>The code of an error: Query's <c>Code</c>, JSON's <c>__type</c>.</summary>
    public string Code => Body.StartsWith('{') ? JsonDocument.Parse(Body).RootElement.TryGetProperty("__type", out var type) ? type.GetString()! : "" : Text("Code");
}
