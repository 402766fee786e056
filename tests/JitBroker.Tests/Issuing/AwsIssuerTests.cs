using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Aws;
using JitBroker.Issuing;

namespace JitBroker.Tests.Issuing;

/// <summary>Mints at moto, and what is said when AWS, or whoever poses as it, does not do what was asked.</summary>
public sealed class AwsIssuerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_is_named_tagged_and_bounded_and_reads_its_own_stream_only()
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync();

        var form = Assert.Single(bench.Wire.CallsOf("AssumeRole")).Form;
        Assert.Equal($"jit-{minted.Order.LeaseId.ToLowerInvariant()}-ana", form["RoleSessionName"]);
        Assert.Equal("ana@example.com", form["SourceIdentity"]);
        Assert.Equal("1800", form["DurationSeconds"]);
        Assert.Equal([SessionNames.GrantTag, minted.Order.GrantId], [form["Tags.member.1.Key"], form["Tags.member.1.Value"]]);
        Assert.Equal([SessionNames.LeaseTag, minted.Order.LeaseId], [form["Tags.member.2.Key"], form["Tags.member.2.Value"]]);
        Assert.Equal([SessionNames.GrantTag, SessionNames.LeaseTag], [form["TransitiveTagKeys.member.1"], form["TransitiveTagKeys.member.2"]]);
        Assert.True(await minted.MayAsync() && await bench.ReadsAsync(minted.Credential));
        Assert.False(await minted.MayAsync("kinesis:PutRecord"));
        Assert.False(await minted.MayAsync(resource: bench.Stream + "-of-others"));
        var credential = minted.Credential.Reveal();
        Assert.Equal("eu-west-1", credential["region"]!.ToString());
        Assert.Equal(minted.Plan.ExpiresAt, DateTimeOffset.Parse(credential["expiration"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>AWS's shortest session is 15 minutes; the policy ends it to the second.</summary>
    [Theory]
    [InlineData(40, "PT15M", 40, "900")]
    [InlineData(1_800, "PT15M", 900, "900")]
    [InlineData(7_200, "PT1H", 3_600, "3600")]
    [InlineData(86_400, "PT12H", 43_200, "43200")]
    public async Task A_lease_has_the_length_of_a_session_or_what_is_left_of_the_grant(int grant, string session, int lease, string asked)
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync(bench.Order(TimeSpan.FromSeconds(grant), grants: new JsonObject { ["session"] = session, ["policy"] = bench.ReadsStream }));

        Assert.InRange((minted.Order.Now + TimeSpan.FromSeconds(lease) - minted.Plan.ExpiresAt).TotalSeconds, 0, 1);
        Assert.Equal(asked, Assert.Single(bench.Wire.CallsOf("AssumeRole")).Form["DurationSeconds"]);
        bench.Clock.MoveTo(minted.Plan.ExpiresAt.AddSeconds(-1));
        Assert.True(await minted.MayAsync());
        bench.Clock.MoveTo(minted.Plan.ExpiresAt);
        Assert.False(await minted.MayAsync());
    }

    [Fact]
    public async Task A_policy_that_is_too_long_is_explained_before_AWS_is_asked()
    {
        await using var bench = await AwsBench.NewAsync();
        var order = bench.Order(grants: new JsonObject { ["policyArns"] = new JsonArray([.. Enumerable.Range(0, 10).Select(i => (JsonNode)$"arn:aws:iam::123456789012:policy/{i}{new string('p', 200)}")]) });

        var refused = Assert.IsType<MintOutcome.Refused>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));

        Assert.Matches(@"are \d+ characters, and AWS takes 2048\. Shorten", refused.Why);
        Assert.Empty(bench.Wire.Calls);
    }

    /// <summary>Moto says yes to what AWS would refuse, so these answers are AWS's by its API's model.</summary>
    [Theory]
    [InlineData(403, "AccessDenied", Obstacle.Denied, true, "lacks the right, or the role's trust policy does not let it in")]
    [InlineData(400, "ValidationError", null, true, "Raise the role's maximum session duration")]
    [InlineData(400, "MalformedPolicyDocument", null, true, "MaxSessionDuration")]
    [InlineData(400, "PackedPolicyTooLarge", null, true, "Shorten grants.policy")]
    [InlineData(403, "RegionDisabledException", null, false, "not active in that region")]
    [InlineData(400, "Throttling", Obstacle.Throttled, false, "AWS asks to slow down")]
    [InlineData(403, "ExpiredToken", Obstacle.Denied, false, "access key is not right there any more")]
    [InlineData(403, "SignatureDoesNotMatch", Obstacle.Denied, false, "access key is not right there any more")]
    [InlineData(500, "InternalFailure", Obstacle.Away, false, "InternalFailure")]
    [InlineData(503, "ServiceUnavailable", Obstacle.Away, false, "ServiceUnavailable")]
    public async Task What_AWS_refuses_is_told_in_its_words_with_what_to_do(int status, string code, Obstacle? obstacle, bool isQuoted, string expected)
    {
        await using var bench = await AwsBench.NewAsync();
        bench.Wire.Instead = call => call.Action == "AssumeRole" ? AwsWire.Error((HttpStatusCode)status, code, "The requested DurationSeconds exceeds the MaxSessionDuration set for this role") : null;
        var order = bench.Order();

        var outcome = await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token);

        var why = obstacle is null ? Assert.IsType<MintOutcome.Refused>(outcome).Why : Assert.IsType<MintOutcome.Unavailable>(outcome).Why;
        Assert.Equal(obstacle, (outcome as MintOutcome.Unavailable)?.Obstacle);
        Assert.Contains(code, why, StringComparison.Ordinal);
        Assert.Contains(expected, why, StringComparison.Ordinal);
        Assert.Equal(isQuoted, why.Contains("The requested DurationSeconds", StringComparison.Ordinal));
        Assert.Single(bench.Wire.CallsOf("AssumeRole"));
    }

    [Theory]
    [InlineData(400, "Throttling", Obstacle.Throttled)]
    [InlineData(403, "AccessDenied", Obstacle.Denied)]
    [InlineData(409, "ConcurrentModification", Obstacle.Conflict)]
    [InlineData(409, "LimitExceeded", Obstacle.Unfinished)]
    [InlineData(500, "ServiceFailure", Obstacle.Away)]
    [InlineData(502, "", Obstacle.Away)]
    public async Task What_stood_in_the_way_of_an_end_is_told_apart(int status, string code, Obstacle expected)
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync();
        bench.Wire.Instead = call => call.Action == "PutRolePolicy" ? AwsWire.Error((HttpStatusCode)status, code) : null;

        Assert.Equal(expected, Assert.IsType<EndOutcome.Failed>(await minted.EndAsync()).Obstacle);
        Assert.True(await minted.MayAsync());

        bench.Wire.Instead = null;
        Assert.IsType<EndOutcome.Ended>(await minted.EndAsync());
        Assert.False(await minted.MayAsync());
    }

    [Theory]
    [InlineData(HttpStatusCode.TemporaryRedirect)]
    [InlineData(HttpStatusCode.Found)]
    [InlineData(HttpStatusCode.PermanentRedirect)]
    public async Task No_redirect_is_followed_neither_of_STS_nor_of_IAM(HttpStatusCode status)
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync();
        bench.Wire.Instead = call => call.To.Host == "127.0.0.1" && call.Action is "AssumeRole" or "PutRolePolicy"
            ? new HttpResponseMessage(status) { Headers = { Location = new Uri("http://169.254.169.254/latest/meta-data/") }, Content = new StringContent("") }
            : null;
        var order = bench.Order();

        var mint = Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token));
        var end = Assert.IsType<EndOutcome.Failed>(await minted.EndAsync());

        Assert.Contains("Nothing was followed", mint.Why, StringComparison.Ordinal);
        Assert.Contains("Nothing was followed", end.Why, StringComparison.Ordinal);
        Assert.All(bench.Wire.Calls, call => Assert.True(call.To.IsLoopback, call.To.AbsoluteUri));
    }

    [Theory]
    [InlineData("<html>captive portal</html>")]
    [InlineData("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><GetRolePolicyResponse><PolicyDocument>&e;</PolicyDocument></GetRolePolicyResponse>")]
    [InlineData("{}")]
    [InlineData("")]
    public async Task Garbage_is_no_end(string garbage)
    {
        await using var bench = await AwsBench.NewAsync();
        var minted = await bench.MintAsync();
        bench.Wire.Instead = call => call.Action is "PutRolePolicy" or "GetRolePolicy" ? new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(garbage) } : null;

        var failed = Assert.IsType<EndOutcome.Failed>(await minted.EndAsync());
        Assert.DoesNotContain("root:", failed.Why, StringComparison.Ordinal);

        bench.Wire.Instead = null;
        Assert.Equal(new EndOutcome.Ended(Existed: true), await minted.EndAsync());
        Assert.False(await minted.MayAsync());
    }

    /// <summary>IAM takes a role's name and not its ARN: the broker would write to its own account's role of that name.</summary>
    [Fact]
    public async Task A_role_of_another_account_is_neither_assumed_nor_said_to_be_ended()
    {
        await using var bench = await AwsBench.NewAsync();
        var order = bench.Order(grants: new JsonObject { ["role"] = bench.Role.Replace(AwsBench.Account, "210987654321", StringComparison.Ordinal) });
        var plan = bench.Issuer().Plan(order);

        Assert.Contains("another account", Assert.IsType<MintOutcome.Refused>(await bench.Issuer().MintAsync(order, plan, Token)).Why, StringComparison.Ordinal);
        Assert.Contains("210987654321", Assert.IsType<EndOutcome.Failed>(await bench.Issuer().EndAsync(plan.Handle, Token)).Why, StringComparison.Ordinal);

        Assert.Empty(bench.Wire.CallsOf("AssumeRole"));
        Assert.Empty(bench.Wire.CallsOf("PutRolePolicy"));
        Assert.Null(await bench.PolicyAsync());
    }

    [Fact]
    public async Task Wrong_keys_and_missing_ones_are_told_without_their_value()
    {
        await using var bench = await AwsBench.NewAsync();
        var order = bench.Order();
        var plan = bench.Issuer().Plan(order);
        var wrong = bench.Issuer(TestSecrets.Of(("AWS_ID", "AKIAWRONGWRONGWRONG1"), ("AWS_SECRET", "wrong-secret-value")));
        var missing = bench.Issuer(TestSecrets.Of());

        var mint = Assert.IsType<MintOutcome.Unavailable>(await wrong.MintAsync(order, plan, Token));
        var end = Assert.IsType<EndOutcome.Failed>(await wrong.EndAsync(plan.Handle, Token));
        Assert.Contains("access key is not right", mint.Why, StringComparison.Ordinal);
        Assert.All([mint.Why, end.Why], why => Assert.DoesNotContain("wrong-secret-value", why, StringComparison.Ordinal));
        Assert.Contains("${env:AWS_ID} is not set", Assert.IsType<MintOutcome.Unavailable>(await missing.MintAsync(order, plan, Token)).Why, StringComparison.Ordinal);
        Assert.Contains("Put them back", Assert.IsType<EndOutcome.Failed>(await missing.EndAsync(plan.Handle, Token)).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://10.0.0.1/")]
    [InlineData("https://user@sts.example.com/")]
    [InlineData("https://sts.example.com/path")]
    [InlineData("ftp://127.0.0.1/")]
    public void An_address_that_would_leak_or_stray_is_refused(string endpoint)
    {
        var settings = new JsonObject { ["region"] = "eu-west-1", ["accessKeyId"] = "AKIA", ["secretAccessKey"] = "${env:S}", ["stsEndpoint"] = endpoint };

        Assert.False(AwsWay.TryRead(settings.ToJsonString(), out _, out var problem));
        Assert.Contains("stsEndpoint", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eu-west-1", "https://sts.eu-west-1.amazonaws.com/", "https://iam.amazonaws.com/", "us-east-1")]
    [InlineData("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn/", "https://iam.cn-north-1.amazonaws.com.cn/", "cn-north-1")]
    [InlineData("us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com/", "https://iam.us-gov.amazonaws.com/", "us-gov-west-1")]
    public void Without_addresses_in_the_catalog_they_are_AWSs_own(string region, string sts, string iam, string signedFor)
    {
        Assert.True(AwsWay.TryRead(new JsonObject { ["region"] = region, ["accessKeyId"] = "AKIA", ["secretAccessKey"] = "${env:S}" }.ToJsonString(), out var way, out var problem), problem);
        Assert.Equal([sts, iam, signedFor], [way.Sts.AbsoluteUri, way.Iam.AbsoluteUri, way.IamRegion]);
    }

    /// <summary>The example of AWS's own documentation (Signature Version 4, "Create a signed request").</summary>
    [Fact]
    public void The_signature_is_the_one_of_AWSs_example()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08") { Content = new ByteArrayContent([]) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");

        SigV4.Sign(request, [], new AwsKeys("AKIDEXAMPLE", new Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")), "iam", "us-east-1", new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));

        Assert.Equal(
            "Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            request.Headers.Authorization!.Parameter);
    }
}
