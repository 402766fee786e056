using System.Text;
using JitBroker.Issuers.Kafka;
using JitBroker.Issuers.Kafka.Wire;

namespace JitBroker.Tests.Kafka;

/// <content>Who gets to see a password, and who repeats it.</content>
public sealed partial class KafkaIssuerTests
{
    [Fact]
    public async Task The_server_is_never_told_a_password()
    {
        await using var bench = await KafkaBench.FakeAsync();

        var (_, credential) = await bench.MintAsync(bench.Order());

        var password = Encoding.UTF8.GetBytes(credential.Reveal()["password"]!.ToString());
        Assert.All(bench.Brokers[0].Requests, request => Assert.Equal(-1, request.AsSpan().IndexOf(password)));
        Assert.All(bench.Brokers[0].Requests, request => Assert.Equal(-1, request.AsSpan().IndexOf(Encoding.UTF8.GetBytes(FakeCluster.AdminPassword))));
    }

    /// <summary>The fake says in its text what it was sent, as a careless or hostile server would.</summary>
    [Fact]
    public async Task Nothing_that_a_server_says_of_what_it_was_sent_is_repeated()
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.AdminPassword = "not the password";
        var order = bench.Order();

        var outcome = await bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token);

        Assert.DoesNotContain("n=jit", outcome.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("p=", outcome.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void No_type_that_carries_a_secret_prints_it()
    {
        var secret = new ScramPassword();

        Assert.Equal("***", secret.ToString());
        Assert.Equal("***", secret.For("u", ScramHash.Sha512).ToString());
        Assert.Equal("***", new WayIn(true, "pem", "SCRAM-SHA-512", "u", "hush").ToString());
        Assert.Equal("***", new ScramClient(ScramHash.Sha512, "u", "hush", "n").ToString());
    }
}
