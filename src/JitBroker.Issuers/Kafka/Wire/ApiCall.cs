namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>
/// One call in one version: how it is written and how its answer is read. Field order is that of the message definitions in Apache Kafka's source; golden
/// bytes of Kafka's own serializer stand in the tests.
/// </summary>
internal abstract class ApiCall<TAnswer>(short key, short version, bool isFlexible)
{
    public short Key => key;

    public short Version => version;

    public bool IsFlexible => isFlexible;

    /// <summary>For messages.</summary>
    public abstract string Name { get; }

    /// <summary>The header of the answer has tagged fields. Not so for ApiVersions, which must be read by clients of any age.</summary>
    public virtual bool HasFlexibleAnswerHeader => isFlexible;

    public abstract void Write(WireWriter writer);

    public abstract TAnswer Read(WireReader reader);

    /// <summary>The worst thing the answer says; what is no trouble is <see cref="ErrorCode.None"/>.</summary>
    public abstract ErrorCode ErrorOf(TAnswer answer);

    /// <summary>How long the broker wants to be left alone; zero for most.</summary>
    public virtual int ThrottleOf(TAnswer answer) => 0;
}
