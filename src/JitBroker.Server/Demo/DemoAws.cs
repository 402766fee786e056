using System.Text;
using System.Text.Json.Nodes;

namespace JitBroker.Server.Demo;

/// <summary>An account at AWS, as moto plays it, with a stream of orders, for the <c>aws-sts</c> issuer: the policies of its README.</summary>
internal sealed class DemoAws : IDemoTarget
{
    /// <summary>Reading a stream, in a session of one's own of a role that others share. Its end is denied by a policy of that role.</summary>
    public const string Stream = "kinesis-orders:read";

    private const string Variable = "DEMO_AWS";
    private const string Role = $"arn:aws:iam::{LocalMoto.Account}:role/jit/streams";
    private const string Orders = $"arn:aws:kinesis:{LocalMoto.Region}:{LocalMoto.Account}:stream/orders";
    private static readonly string[] Reading = ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStreamSummary", "kinesis:ListShards"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly LocalMoto _moto;
    private readonly string _keyId;
    private readonly string _secret;

    private DemoAws(LocalMoto moto, string keyId, string secret) => (_moto, _keyId, _secret) = (moto, keyId, secret);

    public string Url => _moto.Url.AbsoluteUri.TrimEnd('/');

    /// <summary>One that has AWS's own SDK.</summary>
    public string Python => _moto.Python;

    public string Line => $"AWS       {Url}  by moto, stream orders, for {Stream}: jit exec {Stream} -- aws --endpoint-url {Url} kinesis list-shards --stream-name orders";

    public string Issuer => $$"""  aws: { kind: aws-sts, region: {{LocalMoto.Region}}, accessKeyId: {{_keyId}}, secretAccessKey: "${env:{{Variable}}}", stsEndpoint: "{{Url}}", iamEndpoint: "{{Url}}" }""";

    public string Entitlement => $$"""
          {{Stream}}:
            title: Orders stream at AWS, read only
            issuer: aws
            grants:
              role: {{Role}}
              policy: { Version: "2012-10-17", Statement: [ { Effect: Allow, Action: [ {{string.Join(", ", Reading.Select(a => $"\"{a}\""))}} ], Resource: "{{Orders}}" } ] }
            eligible: [engineering]
            duration: { min: 5s, default: 30m, max: 8h }
            reason: { required: true, pattern: '(INC|OPS)-\d+', hint: "Name a ticket, e.g. INC-42" }
            approval:
              - { group: data-owners, votes: 1 }
        """;

    public string? Secret(string name) => name == Variable ? _secret : null;

    public static Task<(IDemoTarget? Target, string Absence)> StartAsync(Uri broker, CancellationToken cancellationToken) => StartAsync(LocalMoto.Pythons(), cancellationToken);

    /// <inheritdoc cref="StartDemoTarget"/>
    public static async Task<(IDemoTarget? Target, string Absence)> StartAsync(IEnumerable<string> pythons, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        LocalMoto? moto = null;
        try
        {
            moto = await LocalMoto.StartAsync(pythons, patience.Token);
            return moto is null ? (null, $"no AWS, since Python has no moto on this machine; after {LocalMoto.Remedy} there would be one") : (await SetUpAsync(moto, patience.Token), "");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is InvalidOperationException or HttpRequestException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            await StopAsync(moto);
            return (null, $"no AWS could be played by moto here ({e.Message.TrimEnd('.')}); {LocalMoto.Remedy} puts a whole one there");
        }
        catch
        {
            await StopAsync(moto);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _moto.DisposeAsync();

    private static async Task<DemoAws> SetUpAsync(LocalMoto moto, CancellationToken cancellationToken)
    {
        const string roles = $"arn:aws:iam::{LocalMoto.Account}:role/jit/*";
        string[] assuming = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
        await moto.IamAsync("CreateUser", cancellationToken, ("UserName", "jit-broker"));
        var may = Policy(Allow(assuming, roles), Allow(["iam:GetRole", "iam:GetRolePolicy", "iam:PutRolePolicy", "iam:DeleteRolePolicy"], roles));
        await moto.IamAsync("PutUserPolicy", cancellationToken, ("UserName", "jit-broker"), ("PolicyName", "broker"), ("PolicyDocument", may));
        var key = await moto.IamAsync("CreateAccessKey", cancellationToken, ("UserName", "jit-broker"));
        var trust = Allow(assuming, null);
        trust["Principal"] = new JsonObject { ["AWS"] = $"arn:aws:iam::{LocalMoto.Account}:user/jit-broker" };
        await moto.IamAsync("CreateRole", cancellationToken, ("RoleName", "streams"), ("Path", "/jit/"), ("MaxSessionDuration", "43200"), ("AssumeRolePolicyDocument", Policy(trust)));
        await moto.IamAsync("PutRolePolicy", cancellationToken, ("RoleName", "streams"), ("PolicyName", "streams"), ("PolicyDocument", Policy(Allow(["kinesis:*"], "*"))));
        await moto.KinesisAsync("CreateStream", new JsonObject { ["StreamName"] = "orders", ["ShardCount"] = 1 }, cancellationToken);
        foreach (var customer in (string[])["Ada", "Blaise", "Carl"])
            await moto.KinesisAsync("PutRecord", new JsonObject { ["StreamName"] = "orders", ["PartitionKey"] = customer, ["Data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($$"""{"customer":"{{customer}}"}""")) }, cancellationToken);
        await moto.GuardAsync(cancellationToken);
        return new DemoAws(moto, key("AccessKeyId"), key("SecretAccessKey"));
    }

    private static JsonObject Allow(string[] actions, string? resource)
    {
        var statement = new JsonObject { ["Effect"] = "Allow", ["Action"] = new JsonArray([.. actions.Select(a => (JsonNode)a)]) };
        if (resource is not null)
            statement["Resource"] = resource;
        return statement;
    }

    private static string Policy(params JsonNode[] statements) => new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray(statements) }.ToJsonString();

    private static ValueTask StopAsync(LocalMoto? moto) => moto?.DisposeAsync() ?? ValueTask.CompletedTask;
}
