namespace JitBroker.Issuers.Kafka.Wire.Calls;

internal sealed record ClusterBroker(int Id, string Host, int Port);

internal sealed record ClusterTopic(ErrorCode Error, string? Name);

internal sealed record ClusterMetadata(int ThrottleMs, IReadOnlyList<ClusterBroker> Brokers, int ControllerId, IReadOnlyList<ClusterTopic> Topics)
{
    public ClusterBroker? Controller => Brokers.FirstOrDefault(b => b.Id == ControllerId);
}

/// <summary>Metadata, key 3: the brokers that serve, and whether topics exist. Never creates one.</summary>
/// <param name="topics">Names to look for; none for the brokers alone.</param>
internal sealed class MetadataCall(params IReadOnlyList<string> topics) : ApiCall<ClusterMetadata>(3, 12, isFlexible: true)
{
    private static readonly byte[] NoId = new byte[16];

    public override string Name => "Metadata";

    public override void Write(WireWriter writer)
    {
        writer.Array(topics, static (w, name) =>
        {
            w.Raw(NoId);
            w.String(name);
            w.End();
        });
        writer.Bool(false);
        writer.Bool(false);
        writer.End();
    }

    public override ClusterMetadata Read(WireReader reader)
    {
        var throttle = reader.Int32();
        var brokers = reader.Array(Broker);
        reader.NullableString();
        var controller = reader.Int32();
        var found = reader.Array(Topic);
        reader.End();
        return new ClusterMetadata(throttle, brokers, controller, found);
    }

    /// <summary>What is wrong with a topic is no trouble of the call.</summary>
    public override ErrorCode ErrorOf(ClusterMetadata answer) => ErrorCode.None;

    public override int ThrottleOf(ClusterMetadata answer) => answer.ThrottleMs;

    private static ClusterBroker Broker(WireReader reader)
    {
        var broker = new ClusterBroker(reader.Int32(), reader.String(), reader.Int32());
        reader.NullableString();
        reader.End();
        return broker;
    }

    private static ClusterTopic Topic(WireReader reader)
    {
        var topic = new ClusterTopic(reader.Error(), reader.NullableString());
        reader.Skip(16);
        reader.Bool();
        reader.Array(Partition);
        reader.Int32();
        reader.End();
        return topic;
    }

    private static int Partition(WireReader reader)
    {
        reader.Error();
        var index = reader.Int32();
        reader.Int32();
        reader.Int32();
        for (var lists = 0; lists < 3; lists++)
            reader.Array(static r => r.Int32());
        reader.End();
        return index;
    }
}
