using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Issuers.Aws;
using JitBroker.Issuing;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Issuing;

/// <summary>What <c>check</c> says of an account, and that it changes nothing there.</summary>
public sealed class AwsCheckTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_as_the_README_sets_it_up_has_nothing_but_the_missing_boundary_and_is_not_changed()
    {
        await using var bench = await AwsBench.NewAsync();

        var finding = Assert.Single(await CheckAsync(bench));

        Assert.False(finding.IsProblem);
        Assert.Contains("permissions boundary", finding.What, StringComparison.Ordinal);
        Assert.Null(await bench.PolicyAsync());
        Assert.Equal(["streams"], (await bench.Admin.IamAsync("ListRolePolicies", ("RoleName", bench.Name))).Members("PolicyNames"));
        var tried = Assert.Single(bench.Wire.CallsOf("AssumeRole")).Form;
        Assert.Contains("Deny", tried["Policy"], StringComparison.Ordinal);
        Assert.False(await bench.MayAsync(bench.Wire.Last.Id));
    }

    [Fact]
    public async Task A_user_without_rights_hears_of_each_that_it_lacks()
    {
        await using var bench = await AwsBench.NewAsync();
        var poor = await (await MotoServer.GetAsync()).NewUserAsync(bench.Name, """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GetRolePolicy"],"Resource":"*"}]}""");

        var findings = await CheckAsync(bench, check: bench.Check(TestSecrets.Of(("AWS_ID", poor.KeyId), ("AWS_SECRET", poor.Secret))));

        Assert.Contains(findings, f => f.IsProblem && f.What.Contains("may not iam:PutRolePolicy, iam:DeleteRolePolicy on", StringComparison.Ordinal));
        Assert.Contains(findings, f => f.IsProblem && f.What.Contains("AccessDenied", StringComparison.Ordinal) && f.Remedy.Contains("sts:TagSession", StringComparison.Ordinal));
        Assert.Contains(findings, f => !f.IsProblem && f.Remedy.Contains("iam:GetRole", StringComparison.Ordinal));
        Assert.All(findings, f => Assert.DoesNotContain(poor.Secret, f.What + f.Remedy, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/somebody"},"Action":"sts:AssumeRole"}""", true, "does not name the broker's user")]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole"}""", true, "sts:TagSession and sts:SetSourceIdentity")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"sts:*"}""", true, "lets others in too, past the broker: *")]
    [InlineData("""{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::123456789012:user/jit-broker","arn:aws:iam::123456789012:role/old"]},"Action":"sts:*"}""", false, "past the broker: arn:aws:iam::123456789012:role/old")]
    public void A_trust_policy_is_read_for_what_it_gives_the_broker_and_others(string statement, bool isProblem, string expected)
    {
        var findings = TrustPolicy.Find(RoleArn.Read("arn:aws:iam::123456789012:role/jit/r")!, $$"""{"Version":"2012-10-17","Statement":[{{statement}}]}""", "arn:aws:iam::123456789012:user/jit-broker");

        Assert.Contains(findings, f => f.IsProblem == isProblem && f.What.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_keeps_a_role_from_serving_is_told()
    {
        await using var bench = await AwsBench.NewAsync();
        JsonObject abroad = new() { ["role"] = "arn:aws:iam::210987654321:role/jit/r" };
        JsonObject moved = new() { ["role"] = $"arn:aws:iam::{AwsBench.Account}:role/elsewhere/{bench.Name}" };
        JsonObject tooLong = new() { ["session"] = "PT12H" };
        JsonObject tooMuch = new() { ["policyArns"] = new JsonArray([.. Enumerable.Range(0, 10).Select(i => (JsonNode)$"arn:aws:iam::aws:policy/{new string('p', 200)}{i}")]) };

        foreach (var (grants, expected) in new[] { (abroad, "in another account"), (moved, "the catalog says"), (tooLong, "60 minutes at most, and an entitlement asks for 720"), (tooMuch, "and AWS takes 2048") })
            Assert.Contains(await CheckAsync(bench, grants), f => f.IsProblem && f.What.Contains(expected, StringComparison.Ordinal));
        // Moto denies what it cannot find.
        bench.Wire.Instead = call => call.Action == "GetRole" ? AwsWire.Error(HttpStatusCode.NotFound, "NoSuchEntity") : null;
        Assert.Contains(await CheckAsync(bench), f => f.IsProblem && f.What.Contains("There is no role", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clock_that_is_off_is_told()
    {
        await using var bench = await AwsBench.NewAsync();
        bench.Clock.Advance(TimeSpan.FromMinutes(-10));

        Assert.Contains(await CheckAsync(bench), f => f.IsProblem && f.What.Contains("ahead of the broker's", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_AWS_that_is_away_or_lets_nobody_in_is_one_finding()
    {
        await using var bench = await AwsBench.NewAsync();
        Assert.Contains("${env:AWS_ID} is not set", Assert.Single(await CheckAsync(bench, check: bench.Check(TestSecrets.Of()))).What, StringComparison.Ordinal);
        bench.Wire.Instead = _ => throw new HttpRequestException("away");
        Assert.True(Assert.Single(await CheckAsync(bench)).IsProblem);
        bench.Wire.Instead = _ => AwsWire.Error(HttpStatusCode.Forbidden, "InvalidClientTokenId");
        Assert.Contains("InvalidClientTokenId", Assert.Single(await CheckAsync(bench)).What, StringComparison.Ordinal);
    }

    private static Task<IReadOnlyList<TargetFinding>> CheckAsync(AwsBench bench, JsonObject? grants = null, CheckAccount? check = null) => (check ?? bench.Check()).CheckAsync(
        new TargetToCheck("aws", bench.Settings, [new GrantsToCheck("kinesis-orders:read", bench.Order(grants: grants).Grants)]), Token);
}
