using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Client;
using JitBroker.LiveTests.Crashes;
using JitBroker.LiveTests.Fixtures;
using JitBroker.Tests.Storage;

namespace JitBroker.LiveTests.Targets;

/// <summary>AWS, as moto plays it: asked for and given back in chat, used by AWS's own command line and by a reader that is running when the access ends.</summary>
public sealed class KinesisReaderTests
{
    private const string Holder = "U0ANA";
    private const string Approver = "U0BEA";

    [Fact]
    public async Task A_Kinesis_reader_loses_access_on_done_and_so_does_AWSs_own_command_line()
    {
        var account = await AwsAccount.SetUpAsync();
        await using var workspace = await ChatWorkspace.StartAsync();
        await using var broker = await BrokerProcess.StartAsync(workspace, logLevel: "Trace", target: account.Target);
        var token = await workspace.As(Holder).TokenAsync(broker.Url);
        using var laptop = new Terminal(broker.Url, token);
        using var ana = new BrokerClient(broker.Url, token);

        await using var waiting = laptop.Start("aws", LiveTarget.Entitlement, "--wait", "--for", "20m", "--reason", "INC-42");
        var card = await workspace.As(Approver).SeesAsync("the card", m => m.ButtonValue("approve") is not null);
        await workspace.As(Approver).PressAsync(card, "approve", card.ButtonValue("approve"));
        Assert.True(await waiting.ExitAsync() == 0, waiting.Everything);
        using var session = JsonDocument.Parse(waiting.Output);
        var cli = new AwsCommandLine(account, laptop, token, (await laptop.RunAsync("aws", LiveTarget.Entitlement, "--format", "config")).Exits(0).Output);
        var read = await cli.RunAsync("kinesis", "list-shards", "--stream-name", "orders");
        Assert.True(read.Code == 0 && read.Output.Contains("shardId-000000000000", StringComparison.Ordinal), read.Errors);

        // What happens to the broker between mint and end makes no difference.
        await broker.KillAsync();
        await broker.StartAsync();
        using var reader = new Reader(account, session.RootElement);
        await reader.ReadsAsync();
        await workspace.As(Holder).TypeAsync($"/access done {LiveTarget.Entitlement}");
        await reader.LosesAccessAsync();

        GrantResource grant = null!;
        await Eventually.TrueAsync(async () => (grant = (await ana.ListGrantsAsync(new GrantQuery { Mine = true }, CancellationToken.None)).Value.Items.Single(g => g.Entitlement == LiveTarget.Entitlement)).State == GrantState.Ended);
        Assert.InRange(grant.AccessMayLastUntil!.Value, grant.VerifiedEndAt!.Value, grant.VerifiedEndAt.Value.AddMinutes(5));
        TestContext.Current.TestOutputHelper?.WriteLine($"End to verified: {(grant.VerifiedEndAt.Value - grant.EndRequestedAt!.Value).TotalMilliseconds} ms");
        Assert.Contains(grant.Id, Uri.UnescapeDataString((await account.Moto.Admin.IamAsync("GetRolePolicy", ("RoleName", "streams"), ("PolicyName", "JitBrokerRevoked"))).Body), StringComparison.Ordinal);
        var refused = await cli.RunAsync("kinesis", "list-shards", "--stream-name", "orders");
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("grant_not_active", refused.Errors, StringComparison.Ordinal);
        await NothingSecretIsLeftAsync(broker, account, session.RootElement);
    }

    /// <summary>M1: AWS has given a session, and nobody has been told its keys.</summary>
    [Fact]
    public async Task Killed_between_the_mint_and_its_record_the_session_is_denied_after_a_restart()
    {
        var account = await AwsAccount.SetUpAsync();
        await using var access = await LiveAccess.StartAsync(account.Target, crashPoints: true);
        var evidence = Evidence.OfSqlite(access.Broker.Folder.DatabaseFile);
        var grant = await access.GrantAsync("INC-66");
        access.DieAt("after mint at aws-sts");
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => access.CollectAsync(grant));
        Assert.Equal("minting", Assert.Single(await evidence.ReadAsync("select state from leases")));

        await access.Broker.StartAsync();

        await Eventually.TrueAsync(async () => Assert.Single(await evidence.ReadAsync("select state from leases")) == "revoked");
        var denied = await account.Moto.Admin.IamAsync("GetRolePolicy", ("RoleName", "streams"), ("PolicyName", "JitBrokerRevoked"));
        Assert.Contains(Assert.Single(await evidence.ReadAsync("select id from leases")), Uri.UnescapeDataString(denied.Body), StringComparison.Ordinal);
        await access.DoneAsync(grant);
    }

    private static async Task NothingSecretIsLeftAsync(BrokerProcess broker, AwsAccount account, JsonElement session)
    {
        Assert.Equal(0, await broker.StopAsync());
        string[] secrets = [account.Broker.Secret, session.GetProperty("SecretAccessKey").GetString()!, session.GetProperty("SessionToken").GetString()!];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, broker.Log, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(broker.Folder.FolderPath, "*", SearchOption.AllDirectories))
        {
            var content = await File.ReadAllTextAsync(file, Encoding.Latin1);
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, content, StringComparison.Ordinal));
        }
    }

    /// <summary>A program that has its session and reads on and on.</summary>
    private sealed class Reader : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Task<string> _reading;

        public Reader(AwsAccount account, JsonElement session) => _reading = ReadAsync(new AwsCaller(
            account.Moto.Url, session.GetProperty("AccessKeyId").GetString()!, session.GetProperty("SecretAccessKey").GetString()!, session.GetProperty("SessionToken").GetString()!));

        public Task ReadsAsync() => Task.WhenAny(_first.Task, _reading).Unwrap();

        public async Task LosesAccessAsync() => Assert.Contains("AccessDenied", await _reading.WaitAsync(TimeSpan.FromMinutes(2)), StringComparison.Ordinal);

        public void Dispose()
        {
            _stop.Cancel();
            _stop.Dispose();
        }

        /// <returns>What stopped it.</returns>
        private async Task<string> ReadAsync(AwsCaller holder)
        {
            var iterator = await holder.KinesisAsync("GetShardIterator", new JsonObject { ["StreamName"] = "orders", ["ShardId"] = "shardId-000000000000", ["ShardIteratorType"] = "TRIM_HORIZON" });
            Assert.True(iterator.Status == 200, iterator.Body);
            var next = JsonNode.Parse(iterator.Body)!["ShardIterator"]!.ToString();
            while (!_stop.IsCancellationRequested)
            {
                var records = await holder.KinesisAsync("GetRecords", new JsonObject { ["ShardIterator"] = next });
                if (records.Status != 200)
                    return records.Body;
                next = JsonNode.Parse(records.Body)!["NextShardIterator"]!.ToString();
                _first.TrySetResult();
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }

            return "stopped";
        }
    }

    /// <summary>The real <c>aws</c>, which runs <c>jit</c> for its credentials.</summary>
    private sealed class AwsCommandLine
    {
        private readonly AwsAccount _account;
        private readonly Terminal _laptop;
        private readonly string _token;

        public AwsCommandLine(AwsAccount account, Terminal laptop, string token, string profile)
        {
            (_account, _laptop, _token) = (account, laptop, token);
            File.WriteAllText(Path.Combine(laptop.Folder, "aws-config"), profile + "region = eu-west-1\n");
        }

        public async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
        {
            await using var aws = RunningProgram.Start(MotoServer.Python, ["-m", "awscli", .. arguments, "--profile", LiveTarget.Entitlement.Replace(':', '-')], _laptop.Folder, new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["AWS_CONFIG_FILE"] = Path.Combine(_laptop.Folder, "aws-config"),
                ["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(_laptop.Folder, "none"),
                ["AWS_ENDPOINT_URL"] = _account.Moto.Url.AbsoluteUri,
                ["AWS_EC2_METADATA_DISABLED"] = "true",
                ["AWS_ACCESS_KEY_ID"] = null,
                ["AWS_SECRET_ACCESS_KEY"] = null,
                ["AWS_SESSION_TOKEN"] = null,
                ["AWS_PROFILE"] = null,
                ["JIT_HOME"] = _laptop.Home,
                ["JIT_TOKEN"] = _token,
            });
            return (await aws.ExitAsync(), aws.Output, aws.Errors);
        }
    }
}
