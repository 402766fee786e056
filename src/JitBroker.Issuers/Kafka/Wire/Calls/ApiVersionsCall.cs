namespace JitBroker.Issuers.Kafka.Wire.Calls;

/// <summary>What a broker speaks, and what its cluster has agreed on.</summary>
/// <param name="MetadataVersion">The level of feature <c>metadata.version</c> (KRaft); null where it is not told.</param>
internal sealed record ApiVersions(ErrorCode Error, IReadOnlyDictionary<short, (short Least, short Most)> Ranges, short? MetadataVersion)
{
    public bool Speaks(short key, short version) => Ranges.TryGetValue(key, out var range) && version >= range.Least && version <= range.Most;
}

/// <summary>ApiVersions, key 18: the first call on a connection. A broker that does not know version 3 says so in the form of version 0 (KIP-511).</summary>
internal sealed class ApiVersionsCall(short version = 3) : ApiCall<ApiVersions>(18, version, version >= 3)
{
    private const uint FinalizedFeatures = 2;

    public override string Name => "ApiVersions";

    public override bool HasFlexibleAnswerHeader => false;

    public override void Write(WireWriter writer)
    {
        if (!IsFlexible)
            return;
        writer.String("jit");
        writer.String("1");
        writer.End();
    }

    public override ApiVersions Read(WireReader reader)
    {
        var error = reader.Error();
        var ranges = new Dictionary<short, (short, short)>();
        if (error == ErrorCode.UnsupportedVersion && IsFlexible)
        {
            reader.SkipRest();
            return new ApiVersions(error, ranges, null);
        }

        foreach (var (key, least, most) in reader.Array(Range))
            ranges[key] = (least, most);
        short? metadata = null;
        if (!IsFlexible)
            return new ApiVersions(error, ranges, metadata);
        reader.Skip(4);
        reader.End((tag, value) => metadata = tag == FinalizedFeatures ? MetadataVersion(value) : metadata);
        return new ApiVersions(error, ranges, metadata);
    }

    public override ErrorCode ErrorOf(ApiVersions answer) => answer.Error;

    private static (short Key, short Least, short Most) Range(WireReader reader)
    {
        var range = (reader.Int16(), reader.Int16(), reader.Int16());
        reader.End();
        return range;
    }

    private static short? MetadataVersion(WireReader reader)
    {
        var features = reader.Array(r =>
        {
            var feature = (Name: r.String(), Most: r.Int16(), Least: r.Int16());
            r.End();
            return feature;
        });
        return features.Where(f => f.Name == "metadata.version").Select(f => (short?)f.Most).FirstOrDefault();
    }
}
