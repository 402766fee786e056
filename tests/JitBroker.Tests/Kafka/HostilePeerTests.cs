using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuers.Kafka.Wire.Calls;
using JitBroker.Issuing;

namespace JitBroker.Tests.Kafka;

/// <summary>Servers that lie, break off, never end, or are no Kafka at all.</summary>
public sealed class HostilePeerTests
{
    private static readonly AclFilter Anybody = new(null);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Whatever_bytes_an_answer_has_it_is_read_or_refused_and_nothing_else() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>(),
        bytes =>
        {
            Judge(new ApiVersionsCall(), bytes);
            Judge(new SaslHandshakeCall("SCRAM-SHA-512"), bytes);
            Judge(new SaslAuthenticateCall([1]), bytes);
            Judge(new MetadataCall("orders"), bytes);
            Judge(new DescribeScramCall(null), bytes);
            Judge(new AlterScramCall([("alice", 2)], []), bytes);
            Judge(new DescribeAclsCall(Anybody), bytes);
            Judge(new CreateAclsCall([]), bytes);
            Judge(new DeleteAclsCall(Anybody), bytes);
        }).QuickCheckThrowOnFailure();

    /// <summary>A good answer with one byte changed, or cut off anywhere.</summary>
    [Fact]
    public void A_good_answer_that_was_damaged_is_read_or_refused_and_nothing_else()
    {
        var good = Convert.FromHexString("0000000700000000000000000206616c696365000000020200001000000000");
        for (var at = 0; at < good.Length; at++)
        {
            Judge(new DescribeScramCall(null), good[..at]);
            for (var value = 0; value < 256; value++)
            {
                var damaged = good.ToArray();
                damaged[at] = (byte)value;
                Judge(new DescribeScramCall(null), damaged);
            }
        }
    }

    [Theory]
    [InlineData("00000007", "ends in the middle")]
    [InlineData("00000008000000000000000001000000", "to another call")]
    [InlineData("0000000700" + "00000000" + "0000" + "00" + "ffffff7f", "items and has")]
    [InlineData("0000000700" + "00000000" + "0000" + "00" + "ffffffffff01", "has no end")]
    [InlineData("0000000700" + "00000000" + "0000" + "00" + "02" + "ff01" + "61", "reaches past its end")]
    [InlineData("0000000700" + "00000000" + "0000" + "00" + "0103" + "00010a", "reaches past its end")]
    [InlineData("0000000700" + "00000000" + "0000" + "00" + "01" + "00" + "ff", "1 bytes longer")]
    [InlineData("0000000700" + "00000000" + "0000" + "30c3" + "01" + "00", "ends in the middle, or")]
    [InlineData("0000000700" + "00000000" + "0000" + "02ff" + "0100", "not UTF-8")]
    public void What_is_wrong_with_an_answer_is_said_without_quoting_it(string answer, string expected)
    {
        var fault = Assert.Throws<WireException>(() => BrokerConnection.Answer(new DescribeScramCall(null), 7, Convert.FromHexString(answer)));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tagged_fields_that_nobody_knows_are_stepped_over()
    {
        // Two of them after the header, one after the body.
        var read = BrokerConnection.Answer(new DescribeScramCall(null), 7, Convert.FromHexString("00000007" + "0205030102038a0100" + "00000000" + "0000" + "00" + "01" + "01630161"));

        Assert.Empty(read.Users);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(64 * 1024 + 1)]
    public async Task A_frame_beyond_all_bounds_is_refused_before_it_is_read(int length)
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Brokers[0].Sent = (key, frame) =>
        {
            BinaryPrimitives.WriteInt32BigEndian(frame, length);
            return frame;
        };

        var outcome = Assert.IsType<MintOutcome.Unavailable>(await MintAsync(bench));

        Assert.Contains("no Kafka broker, speaks TLS where none is expected, or its answer is beyond all bounds", outcome.Why, StringComparison.Ordinal);
        Assert.Empty(bench.Cluster.Acls);
    }

    [Theory]
    [InlineData(18)]
    [InlineData(17)]
    [InlineData(36)]
    [InlineData(30)]
    [InlineData(51)]
    public async Task A_server_that_hangs_up_anywhere_makes_an_honest_failure_that_is_cleaned_up(int at)
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Brokers[0].Sent = (key, frame) => key == at ? null : frame;
        var order = bench.Order();
        var plan = bench.Issuer().Plan(order);

        Assert.IsType<MintOutcome.Unavailable>(await bench.Issuer().MintAsync(order, plan, Token));
        bench.Brokers[0].Sent = (_, frame) => frame;
        Assert.IsType<EndOutcome.Ended>(await bench.Issuer().EndAsync(plan.Handle, Token));

        Assert.DoesNotContain(await bench.StandingAsync(), name => name.Contains("jit-", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(18)]
    [InlineData(30)]
    public async Task A_server_that_never_answers_is_given_up_by_the_clock(int at)
    {
        var clock = new ManualClock();
        await using var bench = await KafkaBench.FakeAsync(clock: clock);
        bench.Brokers[0].IsSilent = key => key == at;

        var minting = MintAsync(bench);
        await Eventually.TrueAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(500));
            return Task.FromResult(minting.IsCompleted);
        });

        Assert.Contains("did not answer in time", Assert.IsType<MintOutcome.Unavailable>(await minting).Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_know_the_brokers_password_is_not_believed()
    {
        await using var bench = await KafkaBench.FakeAsync();
        bench.Brokers[0].IsImpostor = true;

        var outcome = Assert.IsType<MintOutcome.Unavailable>(await MintAsync(bench));

        Assert.Contains("is not the server it should be", outcome.Why, StringComparison.Ordinal);
        Assert.Empty(bench.Brokers[0].Requests);
    }

    [Theory]
    [InlineData("r=other,s=AQID,i=4096", "does not begin with ours")]
    [InlineData("r=nonce,s=AQID,i=4096", "adds nothing")]
    [InlineData("r=nonceX,s=AQID,i=1", "too few or too many")]
    [InlineData("r=nonceX,s=AQID,i=2000000000", "too few or too many")]
    [InlineData("r=nonceX,s=AQID,i=99999999999999", "too few or too many")]
    [InlineData("r=nonceX,s=,i=4096", "salt is none")]
    [InlineData("r=nonceX,s=%,i=4096", "salt is none")]
    [InlineData("m=ext,r=nonceX,s=AQID,i=4096", "first SCRAM message is none")]
    [InlineData("", "first SCRAM message is none")]
    public void A_challenge_that_is_none_or_too_weak_gets_no_proof(string challenge, string expected)
    {
        var scram = new ScramClient(ScramHash.Sha512, "jit", "password", "nonce");

        var fault = Assert.Throws<WireException>(() => scram.Final(System.Text.Encoding.UTF8.GetBytes(challenge)));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.False(scram.Proves("v="u8));
    }

    /// <summary>RFC 7677 §3.</summary>
    [Fact]
    public void SCRAM_is_as_its_RFC_shows_it()
    {
        var scram = new ScramClient(ScramHash.Sha256, "user", "pencil", "rOprNGfwEbeRWgbNEkqO");

        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"u8, scram.First());
        Assert.Equal(
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
            System.Text.Encoding.UTF8.GetString(scram.Final("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"u8)));
        Assert.True(scram.Proves("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="u8));
        Assert.False(scram.Proves("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="u8));
        Assert.False(scram.Proves("e=other-error"u8));
    }

    [Fact]
    public void A_users_name_is_escaped_as_SCRAM_wants_it() =>
        Assert.Equal("n,,n=a=3Db=2Cc,r=x"u8, new ScramClient(ScramHash.Sha256, "a=b,c", "p", "x").First());

    private static Task<MintOutcome> MintAsync(KafkaBench bench)
    {
        var order = bench.Order();
        return bench.Issuer().MintAsync(order, bench.Issuer().Plan(order), Token);
    }

    private static void Judge<TAnswer>(ApiCall<TAnswer> call, byte[] bytes)
    {
        try
        {
            call.ErrorOf(BrokerConnection.Answer(call, 7, (byte[])[0, 0, 0, 7, .. bytes]));
        }
        catch (WireException)
        {
            // The one thing that may be thrown.
        }

        try
        {
            call.ErrorOf(BrokerConnection.Answer(call, 7, bytes));
        }
        catch (WireException)
        {
            // As above.
        }
    }
}
