using System.Net.Http.Headers;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace JitBroker.Issuers.Aws;

/// <summary>
/// IAM's Query calls (version 2010-05-08) that the broker makes: its own policies of a role, and a look at the role. IAM knows roles by their name
/// within the caller's own account, so <see cref="StsCalls.AccountAsync"/> is asked first.
/// </summary>
internal sealed class IamCalls(AwsNet net, AwsWay way, AwsKeys keys, TimeProvider clock)
{
    private const string Version = "2010-05-08";
    private static readonly XmlReaderSettings Careful = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 1 << 20, Async = false };

    /// <summary>What IAM's own clock said with the last answer.</summary>
    public DateTimeOffset? LastDate { get; private set; }

    public Task PutRolePolicyAsync(string role, string policy, string document, CancellationToken cancellationToken) =>
        CallAsync("PutRolePolicy", [("RoleName", role), ("PolicyName", policy), ("PolicyDocument", document)], cancellationToken);

    /// <summary>One that is not there is deleted.</summary>
    public async Task DeleteRolePolicyAsync(string role, string policy, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync("DeleteRolePolicy", [("RoleName", role), ("PolicyName", policy)], cancellationToken);
        }
        catch (IamRefusalException e) when (e.IsMissing)
        {
            return;
        }
    }

    /// <summary>The document; null when there is no such policy, or no such role.</summary>
    public async Task<string?> GetRolePolicyAsync(string role, string policy, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await CallAsync("GetRolePolicy", [("RoleName", role), ("PolicyName", policy)], cancellationToken);
            return Uri.UnescapeDataString(Text(answer, "PolicyDocument") ?? throw new StrayAnswerException("it holds no policy"));
        }
        catch (IamRefusalException e) when (e.IsMissing)
        {
            return null;
        }
    }

    public async Task<RoleFacts> GetRoleAsync(string role, CancellationToken cancellationToken)
    {
        var answer = await CallAsync("GetRole", [("RoleName", role)], cancellationToken);
        return new RoleFacts(
            Text(answer, "Arn") ?? "",
            Uri.UnescapeDataString(Text(answer, "AssumeRolePolicyDocument") ?? ""),
            int.TryParse(Text(answer, "MaxSessionDuration"), System.Globalization.CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromHours(1),
            Text(answer, "PermissionsBoundaryArn"));
    }

    /// <exception cref="IamRefusalException">IAM said no.</exception>
    /// <exception cref="StrayAnswerException">Whoever answered is not IAM.</exception>
    /// <exception cref="HttpRequestException">Nobody answered.</exception>
    private async Task<XDocument> CallAsync(string action, IEnumerable<(string Name, string Value)> parameters, CancellationToken cancellationToken)
    {
        var form = string.Join('&', new[] { ("Action", action), ("Version", Version) }.Concat(parameters).Select(p => $"{p.Item1}={Uri.EscapeDataString(p.Item2)}"));
        var body = Encoding.UTF8.GetBytes(form);
        using var request = new HttpRequestMessage(HttpMethod.Post, way.Iam) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-www-form-urlencoded") { CharSet = "utf-8" };
        SigV4.Sign(request, body, keys, "iam", way.IamRegion, clock.GetUtcNow());
        using var client = net.ClientFor(way.Iam);
        using var response = await client.SendAsync(request, cancellationToken);
        LastDate = response.Headers.Date;
        var answer = Read(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        if (response.IsSuccessStatusCode)
            return answer ?? throw new StrayAnswerException("it is not XML");
        throw new IamRefusalException((answer is null ? null : Text(answer, "Code")) ?? "", (answer is null ? null : Text(answer, "Message")) ?? "", (int)response.StatusCode);
    }

    private static XDocument? Read(byte[] bytes)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), Careful);
            return XDocument.Load(reader);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    /// <summary>The first element of that name: IAM's namespaces differ between its answers and those of emulators.</summary>
    private static string? Text(XDocument answer, string name) => answer.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
}

/// <summary>A role as IAM shows it.</summary>
/// <param name="Trust">JSON of its trust policy.</param>
/// <param name="Boundary">The ARN of its permissions boundary; null when it has none.</param>
internal sealed record RoleFacts(string Arn, string Trust, TimeSpan LongestSession, string? Boundary);

/// <summary>IAM answered with an error. Its code may be shown; its message only where <see cref="Trouble"/> says so.</summary>
internal sealed class IamRefusalException(string code, string text, int status) : Exception(code)
{
    public string Code => Message;

    public string Text => text;

    public int Status => status;

    public bool IsMissing => Code is "NoSuchEntity" or "NoSuchEntityException";
}
