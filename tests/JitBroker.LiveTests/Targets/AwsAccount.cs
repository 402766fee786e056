using System.Text.Json.Nodes;
using JitBroker.LiveTests.Fixtures;
using JitBroker.Tests.Storage;

namespace JitBroker.LiveTests.Targets;

/// <summary>An account at moto as the issuer's README sets it up: the broker's user, one role, one stream.</summary>
internal sealed class AwsAccount
{
    private const string Number = "123456789012";

    private static readonly Lazy<Task<AwsAccount>> _one = new(SetUpOnceAsync);

    private AwsAccount(MotoServer moto, AwsCaller broker) => (Moto, Broker) = (moto, broker);

    public MotoServer Moto { get; }

    /// <summary>The broker's own user there.</summary>
    public AwsCaller Broker { get; }

    /// <summary>One for the run: its names are taken.</summary>
    public static async Task<AwsAccount> SetUpAsync()
    {
        var account = await _one.Value;
        // moto takes a deny under a condition for one without: what another test left would deny everybody.
        await account.Moto.Admin.QueryAsync("iam", "us-east-1", "2010-05-08", "DeleteRolePolicy", ("RoleName", "streams"), ("PolicyName", "JitBrokerRevoked"));
        return account;
    }

    private static async Task<AwsAccount> SetUpOnceAsync()
    {
        var moto = await MotoServer.GetAsync();
        var role = $"arn:aws:iam::{Number}:role/jit/*";
        var broker = await moto.NewUserAsync("jit-broker", Policy(
            ("sts:AssumeRole sts:TagSession sts:SetSourceIdentity", role), ("iam:GetRole iam:GetRolePolicy iam:PutRolePolicy iam:DeleteRolePolicy", role)));
        await moto.Admin.IamAsync("CreateRole", ("RoleName", "streams"), ("Path", "/jit/"), ("AssumeRolePolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/jit-broker"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}]}"""));
        await moto.Admin.IamAsync("PutRolePolicy", ("RoleName", "streams"), ("PolicyName", "streams"), ("PolicyDocument", Policy(("kinesis:*", "*"))));
        Assert.Equal(200, (await moto.Admin.KinesisAsync("CreateStream", new JsonObject { ["StreamName"] = "orders", ["ShardCount"] = 1 })).Status);
        Assert.Equal(200, (await moto.Admin.KinesisAsync("PutRecord", new JsonObject { ["StreamName"] = "orders", ["PartitionKey"] = "1", ["Data"] = "b3JkZXIgNDI=" })).Status);
        return new AwsAccount(moto, broker);
    }

    /// <summary>As the catalog has it: one stream of those that the role may read.</summary>
    public LiveTarget Target => new(
        $$"""{ kind: aws-sts, region: eu-west-1, accessKeyId: {{Broker.KeyId}}, secretAccessKey: "${env:LIVE_AWS}", stsEndpoint: "{{Url}}", iamEndpoint: "{{Url}}" }""",
        $$"""
        { role: "arn:aws:iam::{{Number}}:role/jit/streams", policy: { Version: "2012-10-17", Statement: [ { Effect: Allow, Action: [ "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards" ], Resource: "arn:aws:kinesis:eu-west-1:{{Number}}:stream/orders" } ] } }
        """.Trim(),
        new Dictionary<string, string>(StringComparer.Ordinal) { ["LIVE_AWS"] = Broker.Secret });

    private string Url => Moto.Url.AbsoluteUri.TrimEnd('/');

    private static string Policy(params (string Actions, string Resource)[] allows) => new JsonObject
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray([.. allows.Select(a => (JsonNode)new JsonObject { ["Effect"] = "Allow", ["Action"] = new JsonArray([.. a.Actions.Split(' ').Select(t => (JsonNode)t)]), ["Resource"] = a.Resource })]),
    }.ToJsonString();
}
