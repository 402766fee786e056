using System.Diagnostics;
using System.Text.Json;
using JitBroker.Client;
using JitBroker.Issuers.Kafka;
using JitBroker.Issuing;

namespace JitBroker.Tests.Kafka;

/// <summary>At the real Kafka: what no fake can promise.</summary>
public sealed class RealKafkaTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("scram")]
    [InlineData("jwt")]
    public async Task An_open_connection_has_no_rights_from_the_end_on(string mode)
    {
        var bench = await KafkaBench.RealAsync();
        var (plan, credential) = await bench.MintAsync(bench.Order(mode));
        using var holder = await Holder.LogInAsync(credential);
        Assert.Equal(0, await holder!.FetchAsync(KafkaBench.Topic));

        Assert.Equal(new EndOutcome.Ended(Existed: true), await bench.Issuer().EndAsync(plan.Handle, Token));

        await Eventually.TrueAsync(async () => await holder.FetchAsync(KafkaBench.Topic) == Holder.TopicAuthorizationFailed);
        using var again = await Holder.LogInAsync(credential);
        Assert.Equal(mode == "jwt", again is not null);
        Assert.True(again is null || await again.FetchAsync(KafkaBench.Topic) == Holder.TopicAuthorizationFailed);
    }

    [Fact]
    public async Task Check_finds_the_cluster_in_order_and_the_listing_tells_ours_from_others()
    {
        var bench = await KafkaBench.RealAsync();
        var order = bench.Order();
        var (plan, _) = await bench.MintAsync(order);
        using var admin = await bench.AdminAsync();
        await admin.AllowAsync("User:jit-somebody-elses", KafkaBench.Topic);
        var target = new TargetToCheck("stream", bench.Settings(), [new GrantsToCheck("orders:read", KafkaBench.Grants())]);

        Assert.Empty(await new CheckCluster(bench.Target()).CheckAsync(target, Token));
        Assert.Empty(await new CheckCluster(bench.Target()).CheckAsync(target with { Settings = bench.Settings("jwt") }, Token));
        var listed = Assert.IsType<TargetListing.Listed>(await new ListUsers(bench.Target()).ListAsync(target, Token)).Objects;

        var user = plan.Handle.Data["user"]!.ToString();
        Assert.Contains(new StandingObject(user, order.LeaseId, "SCRAM user"), listed);
        Assert.Contains(new StandingObject(user, order.LeaseId, "ACLs of a user"), listed);
        await Eventually.TrueAsync(async () => ((TargetListing.Listed)await new ListUsers(bench.Target()).ListAsync(target, Token)).Objects.Contains(new StandingObject("jit-somebody-elses", null, "ACLs of a user")));
        await bench.Issuer().EndAsync(plan.Handle, Token);
    }

    [Fact]
    public async Task A_user_without_rights_of_its_own_is_found_out_by_check_and_refused_at_a_mint()
    {
        var bench = await KafkaBench.RealAsync();
        var (plan, credential) = await bench.MintAsync(bench.Order());
        var body = credential.Reveal();
        var settings = bench.Settings().Replace("\"admin\"", $"\"{body["username"]}\"", StringComparison.Ordinal);
        var target = new KafkaTarget((string reference, out string problem) => (problem = "") + (reference == "${env:KP}" ? body["password"]!.ToString() : reference), new Issuers.Kafka.Wire.BrokerConnections(bench.Clock), bench.Clock);
        var order = bench.Order(settings: settings);

        var findings = await new CheckCluster(target).CheckAsync(new TargetToCheck("stream", settings, []), Token);
        var outcome = await new KafkaIssuer(target, bench.Tokens(), bench.Clock).MintAsync(order, bench.Issuer().Plan(order), Token);

        Assert.Contains(findings, f => f.IsProblem && f.Remedy.Contains("--operation ALTER", StringComparison.Ordinal));
        Assert.Contains("needs ALTER", Assert.IsType<MintOutcome.Unavailable>(outcome).Why, StringComparison.Ordinal);
        await bench.Issuer().EndAsync(plan.Handle, Token);
    }

    /// <summary>It reads the file only: Debian's librdkafka, 2.0.2, does not get into a Kafka of today by SCRAM, whoever made the login.</summary>
    [Fact]
    public async Task Librdkafka_reads_the_files_for_it_and_for_kcat()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/kcat"), "kcat is not installed: apt-get install kcat.");
        await using var bench = await KafkaBench.FakeAsync();
        var (_, credential) = await bench.MintAsync(bench.Order());
        foreach (var form in new[] { CredentialForms.Kcat, CredentialForms.Librdkafka })
        {
            using var file = new FormFile(credential, form);

            var (code, said) = await RunAsync("/usr/bin/kcat", ["-F", file.Path, "-X", "dump"]);

            Assert.Equal(0, code);
            var body = credential.Reveal();
            string[] expected =
            [
                $"metadata.broker.list = {body["bootstrapServers"]}", "security.protocol = sasl_plaintext", "sasl.mechanisms = SCRAM-SHA-512", $"sasl.username = {body["username"]}", $"sasl.password = {body["password"]}",
            ];
            Assert.Subset(said.Split('\n').ToHashSet(), expected.ToHashSet());
        }
    }

    [Fact]
    public async Task Kafkas_own_tools_read_the_properties_and_get_in()
    {
        var bench = await KafkaBench.RealAsync();
        var (plan, credential) = await bench.MintAsync(bench.Order());
        using var file = new FormFile(credential, CredentialForms.Properties);

        var (code, said) = await RunAsync(Path.Combine(KafkaServer.Home!, "tool"), ["topics", "--bootstrap-server", bench.Bootstrap[0], "--command-config", file.Path, "--list"]);

        Assert.True(code == 0 && said.Split('\n').Contains(KafkaBench.Topic), said);
        await bench.Issuer().EndAsync(plan.Handle, Token);
    }

    private static async Task<(int Code, string Said)> RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>A credential in a form, as the holder would save it.</summary>
    private sealed class FormFile : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("jit-form-").FullName;

        public FormFile(Credential credential, string form)
        {
            var envelope = new CredentialEnvelope { Lease = "l", Grant = "g", Kind = credential.Kind, ExpiresAt = DateTimeOffset.UnixEpoch, Credential = JsonSerializer.SerializeToElement(credential.Reveal()) };
            File.WriteAllText(Path, CredentialForms.Write(envelope, form));
        }

        public string Path => System.IO.Path.Combine(_folder, "client.conf");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
