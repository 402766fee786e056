using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuers.Kafka.Wire.Calls;

namespace JitBroker.Tests.Kafka;

/// <summary>Bytes that Kafka's own generated serializer wrote (issuers.md §4.1), client id <c>jit</c>, correlation 7.</summary>
public sealed class GoldenBytesTests
{
    private static readonly AclFilter Alice = new("User:alice");

    [Fact]
    public void Every_request_is_written_as_Kafka_itself_writes_it()
    {
        Is("00000015001200030000000700036a697400046a6974023100", new ApiVersionsCall());
        Is("0000001c001100010000000700036a6974000d534352414d2d5348412d353132", new SaslHandshakeCall("SCRAM-SHA-512"));
        Is("00000013002400020000000700036a6974000401020300", new SaslAuthenticateCall([1, 2, 3]));
        Is("00000023003300000000000700036a697400010206616c696365020000100003aabb03ccdd0000", new AlterScramCall([], [new ScramUpsert("alice", 2, 4096, [0xAA, 0xBB], [0xCC, 0xDD])]));
        Is("00000019003300000000000700036a6974000206616c69636502000100", new AlterScramCall([("alice", 2)], []));
        Is("00000017003200000000000700036a6974000206616c6963650000", new DescribeScramCall(["alice"]));
        Is("00000010003200000000000700036a6974000000", new DescribeScramCall(null));
        Is(
            "00000029001e00030000000700036a6974000202076f7264657273030b557365723a616c696365022a03030000",
            new CreateAclsCall([new AclBinding(ResourceType.Topic, "orders", PatternType.Literal, "User:alice", "*", AclOperation.Read, AclPermission.Allow)]));
        Is("00000022001f00030000000700036a697400020100010b557365723a616c6963650001010000", new DeleteAclsCall(Alice));
        Is("00000020001d00030000000700036a6974000100010b557365723a616c69636500010100", new DescribeAclsCall(Alice));
        Is("000000120003000c0000000700036a69740001000000", new MetadataCall());
    }

    [Fact]
    public void Every_answer_is_read_as_Kafka_itself_writes_it()
    {
        var hands = Read("0000002600000007000000000002000d534352414d2d5348412d353132000b4f41555448424541524552", new SaslHandshakeCall("SCRAM-SHA-512"));
        Assert.Equal((ErrorCode.None, "SCRAM-SHA-512,OAUTHBEARER"), (hands.Error, string.Join(',', hands.Mechanisms)));

        var said = Read("000000140000000700000001030405000000000000ea6000", new SaslAuthenticateCall([]));
        Assert.Equal((ErrorCode.None, "0405", 60_000), (said.Error, Convert.ToHexString(said.Bytes), said.LifetimeMs));

        var call = new AlterScramCall([("alice", 2), ("bob", 2)], []);
        var altered = Read("0000001f0000000700000000000306616c6963650000000004626f62005b036e6f0000", call);
        Assert.Equal([("alice", ErrorCode.None), ("bob", ErrorCode.ResourceNotFound)], altered.Results);
        Assert.Equal(ErrorCode.None, call.ErrorOf(altered));

        var users = Read("0000001f0000000700000000000000000206616c696365000000020200001000000000", new DescribeScramCall(["alice"]));
        Assert.True(users.Has("alice"));
        Assert.Equal(((sbyte)2, 4096), Assert.Single(Assert.Single(users.Users).Mechanisms));

        var created = Read("0000000f000000070000000000020000000000", new CreateAclsCall([new AclBinding(ResourceType.Topic, "orders", PatternType.Literal, "User:alice", "*", AclOperation.Read, AclPermission.Allow)]));
        Assert.Equal(ErrorCode.None, Assert.Single(created.Errors));
    }

    private static void Is<TAnswer>(string golden, ApiCall<TAnswer> call) => Assert.Equal(golden, Convert.ToHexStringLower(BrokerConnection.Frame(call, 7)));

    private static TAnswer Read<TAnswer>(string golden, ApiCall<TAnswer> call)
    {
        var frame = Convert.FromHexString(golden);
        Assert.Equal(frame.Length - 4, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(frame));
        return BrokerConnection.Answer(call, 7, frame.AsMemory(4));
    }
}
