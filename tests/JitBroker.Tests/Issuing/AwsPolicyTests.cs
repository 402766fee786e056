using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Issuers.Aws;
using JitBroker.Tests.Catalog;
using JitBroker.Tests.Docs;

namespace JitBroker.Tests.Issuing;

/// <summary>The policy that goes with a session, and the names on it: what a session may is never more than its entitlement says, and nothing after its end.</summary>
public sealed class AwsPolicyTests
{
    private const string Orders = "arn:aws:kinesis:eu-west-1:123456789012:stream/orders";
    private const string Everything = """{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}""";
    private const string ReadsOrders = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kinesis:Get*"],"Resource":"{{Orders}}"}]}""";

    private static readonly DateTimeOffset End = new(2026, 11, 22, 11, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Before = End.AddSeconds(-1);

    [Fact]
    public void With_neither_policy_nor_arns_the_role_is_the_bound_and_time_ends_it()
    {
        var policy = PolicyOf(null);

        Assert.True(May(policy, [], "s3:GetObject", "arn:aws:s3:::b/k", Before));
        Assert.False(May(policy, [], "s3:GetObject", "arn:aws:s3:::b/k", End));
        Assert.Contains("""{"DateLessThan":{"aws:CurrentTime":"2026-11-22T11:00:00Z"}}""", policy, StringComparison.Ordinal);
    }

    [Fact]
    public void The_entitlements_own_policy_bounds_what_the_role_may()
    {
        var policy = PolicyOf(ReadsOrders);

        Assert.True(May(policy, [], "kinesis:GetRecords", Orders, Before));
        Assert.False(May(policy, [], "kinesis:PutRecord", Orders, Before));
        Assert.False(May(policy, [], "kinesis:GetRecords", Orders + "2", Before));
        Assert.False(May(policy, [], "kinesis:GetRecords", Orders, End));
    }

    /// <summary>AWS unites the inline policy with the managed ones: an Allow of the broker's would give all of the role.</summary>
    [Fact]
    public void With_managed_policies_alone_the_broker_adds_no_right_to_theirs()
    {
        var policy = PolicyOf(null, "arn:aws:iam::aws:policy/ReadsOrders");

        Assert.True(May(policy, [ReadsOrders], "kinesis:GetRecords", Orders, Before));
        Assert.False(May(policy, [ReadsOrders], "s3:GetObject", "arn:aws:s3:::b/k", Before));
        Assert.False(May(policy, [ReadsOrders], "kinesis:GetRecords", Orders, End));
        Assert.DoesNotContain("Allow", policy, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sts:AssumeRole")]
    [InlineData("sts:AssumeRoleWithWebIdentity")]
    [InlineData("sts:AssumeRoot")]
    [InlineData("sts:GetSessionToken")]
    [InlineData("sts:GetFederationToken")]
    public void No_session_can_get_another_one(string action)
    {
        Assert.False(May(PolicyOf(null), [], action, "arn:aws:iam::123456789012:role/other", Before));
        Assert.False(May(PolicyOf(Everything), [], action, "arn:aws:iam::123456789012:role/other", Before));
        Assert.False(May(PolicyOf(null, "arn:aws:iam::aws:policy/x"), [Everything], action, "arn:aws:iam::123456789012:role/other", Before));
    }

    /// <summary>Two values under one key would be alternatives, so the later one would win.</summary>
    [Theory]
    [InlineData("DateLessThan", "aws:CurrentTime", "2026-11-22T10:30:00Z")]
    [InlineData("DateLessThan", "AWS:currenttime", "2026-11-22T10:30:00Z")]
    [InlineData("DateLessThan", "aws:CurrentTime", "2030-01-01T00:00:00Z")]
    public void A_bound_in_time_of_its_own_is_kept_and_the_end_holds_beside_it(string comparison, string key, string own)
    {
        var condition = new JsonObject { [comparison] = new JsonObject { [key] = own }, ["StringEquals"] = new JsonObject { ["aws:PrincipalTag/JitGrant"] = "g" } };
        var policy = PolicyOf($$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kinesis:Get*","Resource":"*","Condition":{{condition.ToJsonString()}} }]}""");

        Assert.True(May(policy, [], "kinesis:GetRecords", Orders, new DateTimeOffset(2026, 11, 22, 10, 29, 59, TimeSpan.Zero)));
        Assert.Equal(own.StartsWith("2030", StringComparison.Ordinal), May(policy, [], "kinesis:GetRecords", Orders, Before));
        Assert.False(May(policy, [], "kinesis:GetRecords", Orders, End));
    }

    [Theory]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"a:b","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[{"effect":"Allow","Action":"a:b","Resource":"*"}]}""")]
    [InlineData("""{"Version":"2008-10-17","Statement":[]}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":"all"}""")]
    [InlineData("""{"Version":"2012-10-17","Statement":[],"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}""")]
    [InlineData("[]")]
    public void What_the_broker_does_not_understand_wholly_is_refused(string policy) =>
        Assert.False(AwsTerms.TryRead(Settings, Grants(policy).ToJsonString(), out _, out _));

    /// <summary>Whatever the catalog lets through goes to AWS within its limit, and is never wider than what stands in the catalog.</summary>
    [Fact]
    public void What_the_catalog_accepts_fits_and_is_an_intersection()
    {
        var policies =
            from statements in Gen.Choose(0, 8)
            from effects in Gen.Elements("Allow", "Deny").ListOf(statements)
            from length in Gen.Choose(0, 300)
            from filler in Gen.Elements('a', '+', '"', 'é', '漢')
            select Policy(effects, new string(filler, length));

        Prop.ForAll(policies.ToArbitrary(), policy =>
        {
            var loaded = Sample.Load(Sample.Yaml.Replace("\nbundles:", $"\n  x: {{ issuer: aws, grants: {{ role: \"arn:aws:iam::123456789012:role/r\", policy: '{policy}' }}, eligible: [engineering], approval: auto }}\nbundles:", StringComparison.Ordinal));
            if (loaded.Snapshot is null)
                return true;
            Assert.True(AwsTerms.TryRead(Settings, loaded.Snapshot.Entitlements["x"].Grants, out var terms, out var problem), problem);
            var sent = SessionPolicy.Of(terms, End);
            Assert.InRange(SessionPolicy.LengthOf(terms, sent), 1, SessionPolicy.Longest);
            Assert.All(sent, c => Assert.InRange(c, ' ', 'ÿ'));
            return !May(sent, [], "kinesis:GetRecords", Orders, Before) || May(policy, [], "kinesis:GetRecords", Orders, Before);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_example_of_the_README_is_a_good_catalog()
    {
        var example = Assert.Single(Repository.Blocks(Repository.Read("src/JitBroker.Issuers/Aws/README.md"), "yaml"));
        const string People = "people: [ { email: ana@example.com, name: Ana }, { email: bea@example.com, name: Bea } ]\ngroups: { engineering: { members: [ana@example.com] }, data-owners: { members: [bea@example.com] } }\n";

        Assert.Empty(Sample.Load(People + example).Problems);
    }

    [Theory]
    [InlineData("ana@example.com", "ana@example.com")]
    [InlineData("o'brien@example.com", "o-brien@example.com=")]
    [InlineData("a", "a=")]
    [InlineData("‮evil\"; *@example.com", "-evil--")]
    public void The_source_identity_is_the_address_or_says_that_it_is_not_quite(string holder, string expected) =>
        Assert.StartsWith(expected, SessionNames.SourceIdentityOf(holder), StringComparison.Ordinal);

    [Fact]
    public void Names_and_tags_of_any_holder_are_in_the_characters_and_lengths_that_AWS_takes() => Prop.ForAll<NonNull<string>>(text =>
    {
        var holder = text.Get.Replace("\0", "", StringComparison.Ordinal);
        Assert.Matches(@"\Ajit-01kam0lease0000000000000001-[A-Za-z0-9_+=,.@-]*\z", SessionNames.SessionOf("01KAM0LEASE0000000000000001", holder));
        Assert.InRange(SessionNames.SessionOf("01KAM0LEASE0000000000000001", holder).Length, 2, 64);
        Assert.Matches(@"\A[A-Za-z0-9_+=,.@-]{2,64}\z", SessionNames.SourceIdentityOf(holder));
        Assert.Matches(@"\A[\p{L}\p{Z}\p{N}\uD800-\uDFFF_.:/=+\-@]{0,256}\z", SessionNames.UserOf(holder));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Two_holders_that_differ_only_in_what_AWS_does_not_take_have_two_identities() =>
        Assert.NotEqual(SessionNames.SourceIdentityOf("a\"b@example.com"), SessionNames.SourceIdentityOf("a'b@example.com"));

    [Theory]
    [InlineData("*", "anything", true)]
    [InlineData("sts:Assume*", "sts:AssumeRole", true)]
    [InlineData("s?s:*Role", "sts:AssumeRole", true)]
    [InlineData("sts:Assume", "sts:AssumeRole", false)]
    [InlineData("*b*c", "abbc", true)]
    [InlineData("*b*c", "abbd", false)]
    public void Wildcards_match_as_IAMs_do(string pattern, string text, bool expected) => Assert.Equal(expected, Glob.Matches(pattern, text));

    private static string Policy(IEnumerable<string> effects, string filler) => new JsonObject
    {
        ["Version"] = "2012-10-17",
        ["Statement"] = new JsonArray([.. effects.Select(e => (JsonNode)new JsonObject { ["Effect"] = e, ["Action"] = "kinesis:GetRecords", ["Resource"] = new JsonArray(Orders, "arn:aws:kinesis:eu-west-1:1:stream/" + filler) })]),
    }.ToJsonString();

    private const string Settings = """{"region":"eu-west-1","accessKeyId":"AKIA","secretAccessKey":"${env:S}","stsEndpoint":"","iamEndpoint":""}""";

    private static JsonObject Grants(string? policy, params string[] arns)
    {
        var grants = new JsonObject { ["role"] = "arn:aws:iam::123456789012:role/jit/r", ["policyArns"] = new JsonArray([.. arns.Select(a => (JsonNode)a)]) };
        if (policy is not null)
            grants["policy"] = policy;
        return grants;
    }

    private static string PolicyOf(string? policy, params string[] arns)
    {
        Assert.True(AwsTerms.TryRead(Settings, Grants(policy, arns).ToJsonString(), out var terms, out var problem), problem);
        return SessionPolicy.Of(terms, End);
    }

    /// <summary>In a role that may do everything.</summary>
    private static bool May(string inline, string[] managed, string action, string resource, DateTimeOffset now) => IamEvaluator.Allows(
        new SessionOfAws([inline, .. managed], new Dictionary<string, string>(StringComparer.Ordinal) { [SessionNames.GrantTag] = "g" }, End.AddHours(-1)), [Everything], action, resource, now);
}
