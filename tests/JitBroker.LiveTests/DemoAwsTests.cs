using System.Text.Json.Nodes;
using JitBroker.Server.Demo;
using JitBroker.Tests.Storage;

namespace JitBroker.LiveTests;

/// <summary>The AWS of the demo, as moto plays it; the tour uses it through the broker.</summary>
public sealed class DemoAwsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("jitbroker-python-").FullName;

    [Fact]
    public async Task Where_no_Python_has_moto_it_is_said_with_how_to_get_it()
    {
        var without = Python("echo \"ModuleNotFoundError: No module named 'moto'\" >&2; exit 1");

        var (target, absence) = await DemoAws.StartAsync([Path.Combine(_folder, "none"), without], TestContext.Current.CancellationToken);

        Assert.Null(target);
        Assert.Equal("no AWS, since Python has no moto on this machine; after pip install 'moto[server]' there would be one", absence);
    }

    [Fact]
    public async Task A_moto_that_ends_at_its_start_is_told_with_its_last_words()
    {
        var half = Python("echo Traceback >&2; echo \"ModuleNotFoundError: No module named 'flask'\" >&2; exit 1");

        var (target, absence) = await DemoAws.StartAsync([half], TestContext.Current.CancellationToken);

        Assert.Null(target);
        Assert.Equal("no AWS could be played by moto here (moto ended at its start: ModuleNotFoundError: No module named 'flask'); pip install 'moto[server]' puts a whole one there", absence);
    }

    [Fact]
    public async Task One_that_is_gone_after_its_start_is_told_too()
    {
        var liar = Python("echo ' * Running on http://127.0.0.1:9' >&2; exec sleep 60");

        var (target, absence) = await DemoAws.StartAsync([liar], TestContext.Current.CancellationToken);

        Assert.Null(target);
        Assert.StartsWith("no AWS could be played by moto here (Connection refused", absence, StringComparison.Ordinal);
    }

    /// <summary>The account and its policies as the demo makes them; the calls signed by the SDK's own signer.</summary>
    [Fact]
    public async Task There_a_session_may_what_its_policy_says_until_its_time_or_until_its_tag_is_denied()
    {
        var (target, absence) = await DemoAws.StartAsync([MotoServer.Python], TestContext.Current.CancellationToken);
        Assert.SkipUnless(target is not null || Environment.GetEnvironmentVariable("CI") is "true", absence);
        Assert.True(target is DemoAws, absence);
        await using var aws = (DemoAws)target;
        var broker = new AwsCaller(new Uri(aws.Url), Field(aws.Issuer, "accessKeyId"), aws.Secret("DEMO_AWS")!);
        var ending = await AssumeAsync(aws, broker, "g1", "2100-01-01T00:00:00Z");
        var going = await AssumeAsync(aws, broker, "g2", "2100-01-01T00:00:00Z");
        var past = await AssumeAsync(aws, broker, "g3", "2020-01-01T00:00:00Z");
        Assert.True(await ReadsAsync(ending));
        Assert.True(await ReadsAsync(going));
        Assert.False(await ReadsAsync(past));
        var write = await going.KinesisAsync("PutRecord", new JsonObject { ["StreamName"] = "orders", ["PartitionKey"] = "1", ["Data"] = "e30=" });
        Assert.Equal(403, write.Status);

        await broker.IamAsync("PutRolePolicy", ("RoleName", "streams"), ("PolicyName", "JitBrokerRevoked"), ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/JitGrant":["g0","g1"]}}}]}"""));

        Assert.False(await ReadsAsync(ending));
        Assert.True(await ReadsAsync(going));
        await broker.IamAsync("PutRolePolicy", ("RoleName", "streams"), ("PolicyName", "odd"), ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}]}"""));
        // What it does not know lets nobody through.
        Assert.False(await ReadsAsync(going));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<AwsCaller> AssumeAsync(DemoAws aws, AwsCaller broker, string grant, string until)
    {
        var policy = $$$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kinesis:ListShards","Resource":"*","Condition":{"DateLessThan":{"aws:CurrentTime":"{{{until}}}"} } } ] }""";
        var made = await broker.QueryAsync(
            "sts", "eu-west-1", "2011-06-15", "AssumeRole", ("RoleArn", "arn:aws:iam::123456789012:role/jit/streams"), ("RoleSessionName", "jit-test"), ("Policy", policy), ("Tags.member.1.Key", "JitGrant"), ("Tags.member.1.Value", grant));
        Assert.True(made.Status == 200, made.Body);
        return new AwsCaller(new Uri(aws.Url), made.Text("AccessKeyId"), made.Text("SecretAccessKey"), made.Text("SessionToken"));
    }

    private static async Task<bool> ReadsAsync(AwsCaller holder) => (await holder.KinesisAsync("ListShards", new JsonObject { ["StreamName"] = "orders" })).Status == 200;

    private static string Field(string line, string name) => line.Split(name + ": ")[1].Split(',')[0];

    private string Python(string does)
    {
        var program = Path.Combine(_folder, $"python{Directory.GetFiles(_folder).Length}");
        File.WriteAllText(program, $"#!/bin/sh\n{does}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return program;
    }
}
