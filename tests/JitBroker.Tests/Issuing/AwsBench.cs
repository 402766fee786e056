using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Issuers;
using JitBroker.Issuers.Aws;
using JitBroker.Issuing;
using JitBroker.Scheduling;
using JitBroker.Storage;
using JitBroker.Tests.Docs;
using JitBroker.Tests.Storage;
using Microsoft.Extensions.Logging;

namespace JitBroker.Tests.Issuing;

/// <summary>
/// An account with a role and a stream of the test's own at moto, the issuer acting as the user that its README makes, over a database of either engine. What moto
/// does not evaluate is evaluated by <see cref="IamEvaluator"/>, on the policies that stand at moto and the sessions that were asked for.
/// </summary>
internal sealed class AwsBench : IAsyncDisposable
{
    public const string Account = "123456789012";

    private static readonly Lazy<Task<AwsCaller>> Broker = new(NewBrokerAsync);
    private static int _names;

    private readonly MotoServer _moto;
    private readonly AwsCaller _broker;
    private readonly CapturedLog _log = new();
    private readonly AwsNet _net;

    private AwsBench(MotoServer moto, AwsCaller broker, Databases databases, string name)
    {
        (_moto, _broker, Databases, Name) = (moto, broker, databases, name);
        Wire = new AwsWire(Clock);
        _net = new AwsNet(Wire);
        Store = new DenyStore(databases.Database, new EventStore());
    }

    public Databases Databases { get; }

    /// <summary>Of the role and of the stream.</summary>
    public string Name { get; }

    public AwsWire Wire { get; }

    public DenyStore Store { get; }

    public string LoggedText => _log.Text;

    public IReadOnlyList<string> BrokersSecrets => [_broker.Secret];

#pragma warning disable RS0030 // The target is a real server with a real clock.
    public SteppedClock Clock { get; } = new(TimeProvider.System.GetUtcNow());
#pragma warning restore RS0030

    public string Role => $"arn:aws:iam::{Account}:role/jit/{Name}";

    public string Stream => $"arn:aws:kinesis:eu-west-1:{Account}:stream/{Name}";

    public AwsCaller Admin => _moto.Admin;

    public string Settings => new JsonObject
    {
        ["region"] = "eu-west-1", ["accessKeyId"] = "${env:AWS_ID}", ["secretAccessKey"] = "${env:AWS_SECRET}", ["stsEndpoint"] = _moto.Url.AbsoluteUri, ["iamEndpoint"] = _moto.Url.AbsoluteUri,
    }.ToJsonString();

    public static async Task<AwsBench> NewAsync(Engine engine = Engine.Sqlite)
    {
        var moto = await MotoServer.GetAsync();
        var broker = await Broker.Value;
        var bench = new AwsBench(moto, broker, await Databases.NewAsync(engine), string.Create(CultureInfo.InvariantCulture, $"streams{Interlocked.Increment(ref _names)}"));
        await bench.SetUpAsync();
        return bench;
    }

    public AwsIssuer Issuer(SecretLookup? secrets = null) => new(_net, secrets ?? Secrets, new EndSession(Store, Writer(secrets), new AwsAccount(_net, secrets ?? Secrets, Clock), Clock));

    public PruneDenialsSweep Sweep() => new(Store, Writer(), Clock, _log.CreateLogger<WriteDenials>());

    public CheckAccount Check(SecretLookup? secrets = null) => new(_net, secrets ?? Secrets, Clock);

    public ListSessions List() => new(Store, new AwsAccount(_net, Secrets, Clock), Secrets, Clock);

    public SecretLookup Secrets => TestSecrets.Of(("AWS_ID", _broker.KeyId), ("AWS_SECRET", _broker.Secret));

    public IssueOrder Order(TimeSpan? length = null, string holder = "ana@example.com", string? grant = null, JsonObject? grants = null)
    {
        var now = Clock.GetUtcNow();
        grants ??= new JsonObject { ["policy"] = ReadsStream, ["session"] = "PT1H" };
        grants["role"] ??= Role;
        return new IssueOrder(Ids.New(now), grant ?? Ids.New(now), holder, "Ana", "kinesis-orders:read", "aws", Settings, grants.ToJsonString(), now, now + (length ?? TimeSpan.FromMinutes(30)));
    }

    /// <summary>The README's example, on the test's own stream.</summary>
    public string ReadsStream => new JsonObject
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray(new JsonObject { ["Effect"] = "Allow", ["Action"] = new JsonArray("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStreamSummary", "kinesis:ListShards"), ["Resource"] = Stream }),
    }.ToJsonString();

    public async Task<Minted> MintAsync(IssueOrder? order = null)
    {
        order ??= Order();
        var issuer = Issuer();
        var plan = issuer.Plan(order);
        var outcome = await issuer.MintAsync(order, plan, TestContext.Current.CancellationToken);
        Assert.True(outcome is MintOutcome.Minted, outcome.ToString());
        return new Minted(this, order, plan, ((MintOutcome.Minted)outcome).Credential);
    }

    /// <summary>By the evaluator, at the bench's clock.</summary>
    public Task<bool> MayAsync(Credential credential, string action = "kinesis:GetRecords", string? resource = null) =>
        MayAsync(credential.Reveal()["accessKeyId"]!.ToString(), action, resource);

    public async Task<bool> MayAsync(string accessKeyId, string action = "kinesis:GetRecords", string? resource = null) =>
        IamEvaluator.Allows(Wire.SessionOf(accessKeyId), await RolePoliciesAsync(), action, resource ?? Stream, Clock.GetUtcNow());

    /// <summary>By moto: whether a reader with these keys is let in to the stream.</summary>
    public Task<bool> ReadsAsync(Credential credential)
    {
        var body = credential.Reveal();
        return ReadsAsync(body["accessKeyId"]!.ToString(), body["secretAccessKey"]!.ToString(), body["sessionToken"]!.ToString());
    }

    public async Task<bool> ReadsAsync(string id, string secret, string token)
    {
        var answer = await new AwsCaller(_moto.Url, id, secret, token).KinesisAsync("ListShards", new JsonObject { ["StreamName"] = Name });
        Assert.True(answer.Status == 200 || answer.Code.Contains("AccessDenied", StringComparison.Ordinal), answer.Body);
        return answer.Status == 200;
    }

    /// <summary>A policy that stands at the role; null for none.</summary>
    public async Task<string?> PolicyAsync(string name = DenyPolicy.Name)
    {
        var answer = await Admin.QueryAsync("iam", "us-east-1", "2010-05-08", "GetRolePolicy", ("RoleName", Name), ("PolicyName", name));
        return answer.Status == 200 ? Uri.UnescapeDataString(answer.Text("PolicyDocument")) : null;
    }

    /// <summary>What the policy of the ended denies, by tag.</summary>
    public async Task<IReadOnlyList<string>> DeniedAsync(string tag = SessionNames.GrantTag) => await PolicyAsync() is { } policy
        ? [.. JsonNode.Parse(policy)!["Statement"]!.AsArray().Select(s => s!["Condition"]!["StringEquals"]![$"aws:PrincipalTag/{tag}"]).OfType<JsonArray>().SelectMany(v => v.Select(i => i!.ToString()))]
        : [];

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null) =>
        Databases.Database.ReadAsync(session => session.QueryAsync<T>(sql, parameters, CancellationToken.None), CancellationToken.None);

    /// <summary>As the core stores it.</summary>
    public Task InsertGrantAsync(IssueOrder order, string state) => Databases.Database.WriteAsync(
        async session =>
        {
            var row = new { id = order.GrantId, request = "r-" + order.GrantId, state, now = order.Now, end = order.EndsAt, isBroken = false };
            await session.ExecuteAsync(
                """
                insert into requests (id, kind, state, version, entitlement, requester, duration_s, reason, created_at, lapses_at, settled_at, surface, content, content_hash, catalog_hash)
                values (@request, 'access', 'approved', 1, 'e', 'ana@example.com', 60, 'r', @now, @end, @now, 'api', '{}', 'h', 'h')
                """, row, CancellationToken.None);
            await session.ExecuteAsync(
                """
                insert into grants (id, request_id, state, version, entitlement, holder, starts_at, ends_at, break_glass, content, content_hash, created_at)
                values (@id, @request, @state, 1, 'e', 'ana@example.com', @now, @end, @isBroken, '{}', 'h', @now)
                """, row, CancellationToken.None);
        },
        CancellationToken.None);

    /// <inheritdoc cref="InsertGrantAsync"/>
    public Task InsertLeaseAsync(Minted minted) => Databases.Database.WriteAsync(
        session => session.ExecuteAsync(
            """
            insert into leases (id, grant_id, state, version, holder, target, handle, created_at, mint_deadline, expires_at, verified, attempts)
            values (@LeaseId, @GrantId, 'active', 1, 'ana@example.com', 'aws', @handle, @Now, @EndsAt, @ExpiresAt, @isVerified, 0)
            """,
            new { minted.Order.LeaseId, minted.Order.GrantId, handle = minted.Plan.Handle.ToJson(), minted.Order.Now, minted.Order.EndsAt, minted.Plan.ExpiresAt, isVerified = false },
            CancellationToken.None),
        CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        _net.Dispose();
        await Databases.DisposeAsync();
    }

    /// <summary>One of the README's policies.</summary>
    public static string OfReadme(int which) => Repository.Blocks(Repository.Read("src/JitBroker.Issuers/Aws/README.md"), "json")[which];

    private static async Task<AwsCaller> NewBrokerAsync() => await (await MotoServer.GetAsync()).NewUserAsync("jit-broker", OfReadme(0));

    private WriteDenials Writer(SecretLookup? secrets = null) =>
        new(Store, new AwsAccount(_net, secrets ?? Secrets, Clock), new Replica("test"), Clock, _log.CreateLogger<WriteDenials>());

    private async Task SetUpAsync()
    {
        await Admin.IamAsync("CreateRole", ("RoleName", Name), ("Path", "/jit/"), ("AssumeRolePolicyDocument", OfReadme(1)));
        var all = new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = new JsonArray(new JsonObject { ["Effect"] = "Allow", ["Action"] = "kinesis:*", ["Resource"] = "*" }) };
        await Admin.IamAsync("PutRolePolicy", ("RoleName", Name), ("PolicyName", "streams"), ("PolicyDocument", all.ToJsonString()));
        var made = await Admin.KinesisAsync("CreateStream", new JsonObject { ["StreamName"] = Name, ["ShardCount"] = 1 });
        Assert.True(made.Status == 200, made.Body);
    }

    private async Task<IReadOnlyList<string>> RolePoliciesAsync()
    {
        var names = (await Admin.IamAsync("ListRolePolicies", ("RoleName", Name))).Members("PolicyNames");
        List<string> policies = [];
        foreach (var name in names)
            policies.Add((await PolicyAsync(name))!);
        return policies;
    }

    /// <summary>One lease.</summary>
    internal sealed record Minted(AwsBench Bench, IssueOrder Order, MintPlan Plan, Credential Credential)
    {
        public Task<EndOutcome> EndAsync() => Bench.Issuer().EndAsync(Plan.Handle, TestContext.Current.CancellationToken);

        public Task<bool> MayAsync(string action = "kinesis:GetRecords", string? resource = null) => Bench.MayAsync(Credential, action, resource);
    }
}
