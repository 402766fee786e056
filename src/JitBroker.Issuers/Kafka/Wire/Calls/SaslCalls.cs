namespace JitBroker.Issuers.Kafka.Wire.Calls;

internal sealed record SaslHandshake(ErrorCode Error, IReadOnlyList<string> Mechanisms);

/// <summary>SaslHandshake, key 17: names the mechanism. The answer lists those that the listener has.</summary>
internal sealed class SaslHandshakeCall(string mechanism) : ApiCall<SaslHandshake>(17, 1, isFlexible: false)
{
    public override string Name => "SaslHandshake";

    public override void Write(WireWriter writer) => writer.String(mechanism);

    public override SaslHandshake Read(WireReader reader) => new(reader.Error(), reader.Array(static r => r.String()));

    public override ErrorCode ErrorOf(SaslHandshake answer) => answer.Error;
}

/// <param name="LifetimeMs">After so long the broker closes the connection at its next use (KIP-368); zero for never.</param>
internal sealed record SaslAuthenticated(ErrorCode Error, byte[] Bytes, long LifetimeMs);

/// <summary>SaslAuthenticate, key 36: one message of the mechanism each way. The broker's own text is not kept; it may say what it was sent.</summary>
internal sealed class SaslAuthenticateCall(byte[] message) : ApiCall<SaslAuthenticated>(36, 2, isFlexible: true)
{
    public override string Name => "SaslAuthenticate";

    public override void Write(WireWriter writer)
    {
        writer.Bytes(message);
        writer.End();
    }

    public override SaslAuthenticated Read(WireReader reader)
    {
        var error = reader.Error();
        reader.NullableString();
        var answer = new SaslAuthenticated(error, reader.Bytes(), reader.Int64());
        reader.End();
        return answer;
    }

    public override ErrorCode ErrorOf(SaslAuthenticated answer) => answer.Error;
}
