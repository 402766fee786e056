using System.Collections.Concurrent;
using System.Net;
using System.Web;
using System.Xml.Linq;
using JitBroker.Issuers.Aws;

namespace JitBroker.Tests.Issuing;

/// <summary>The wire between the issuer and AWS: remembers each call and the sessions that were given out, and can be cut or made to answer otherwise.</summary>
internal sealed class AwsWire(TimeProvider clock) : DelegatingHandler(AwsNet.NewHandler())
{
    private readonly ConcurrentDictionary<string, SessionOfAws> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<AwsCall> _calls = new();

    /// <summary>Answers instead of AWS where it answers anything.</summary>
    public Func<AwsCall, HttpResponseMessage?>? Instead { get; set; }

    /// <summary>AWS does what it is told, and the answer to these actions is lost on the way.</summary>
    public string? LosesAnswersTo { get; set; }

    public IReadOnlyList<AwsCall> Calls => [.. _calls];

    public IReadOnlyList<AwsCall> CallsOf(string action) => [.. _calls.Where(c => c.Action == action)];

    public SessionOfAws SessionOf(string accessKeyId) => _sessions[accessKeyId];

    /// <summary>The last credential that left AWS, whether it came through or not.</summary>
    public (string Id, string Secret, string Token) Last { get; private set; }

    public static HttpResponseMessage Error(HttpStatusCode status, string code, string message = "") => new(status)
    {
        Content = new StringContent($"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>", System.Text.Encoding.UTF8, "text/xml"),
    };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        var form = HttpUtility.ParseQueryString(body);
        var call = new AwsCall(request.RequestUri!, form["Action"] ?? "", form.AllKeys.OfType<string>().ToDictionary(k => k, k => form[k]!, StringComparer.Ordinal));
        _calls.Enqueue(call);
        if (Instead?.Invoke(call) is { } instead)
            return instead;
        var answer = await base.SendAsync(request, cancellationToken);
        if (call.Action == "AssumeRole" && answer.IsSuccessStatusCode)
            Remember(call, XDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken)));
        if (call.Action != LosesAnswersTo)
            return answer;
        answer.Dispose();
        throw new HttpRequestException("The answer was lost.");
    }

    private void Remember(AwsCall call, XDocument answer)
    {
        string Text(string name) => answer.Descendants().First(e => e.Name.LocalName == name).Value;
        var tags = Enumerable.Range(1, 9).Where(i => call.Form.ContainsKey($"Tags.member.{i}.Key")).ToDictionary(i => call.Form[$"Tags.member.{i}.Key"], i => call.Form[$"Tags.member.{i}.Value"], StringComparer.Ordinal);
        _sessions[Text("AccessKeyId")] = new SessionOfAws([call.Form["Policy"]], tags, clock.GetUtcNow());
        Last = (Text("AccessKeyId"), Text("SecretAccessKey"), Text("SessionToken"));
    }
}

/// <summary>One call as it left the issuer.</summary>
internal sealed record AwsCall(Uri To, string Action, IReadOnlyDictionary<string, string> Form);
