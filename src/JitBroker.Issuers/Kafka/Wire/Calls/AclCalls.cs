namespace JitBroker.Issuers.Kafka.Wire.Calls;

internal sealed record AclsFound(int ThrottleMs, ErrorCode Error, IReadOnlyList<AclBinding> Bindings);

/// <summary>DescribeAcls, key 29. Answered from the broker's own copy of the metadata.</summary>
internal sealed class DescribeAclsCall(AclFilter filter) : ApiCall<AclsFound>(29, 3, isFlexible: true)
{
    public override string Name => "DescribeAcls";

    public override void Write(WireWriter writer)
    {
        filter.Write(writer);
        writer.End();
    }

    public override AclsFound Read(WireReader reader)
    {
        var (throttle, error) = (reader.Int32(), reader.Error());
        reader.NullableString();
        var bindings = reader.Array(Resource).SelectMany(r => r).ToList();
        reader.End();
        return new AclsFound(throttle, error, bindings);
    }

    public override ErrorCode ErrorOf(AclsFound answer) => answer.Error;

    public override int ThrottleOf(AclsFound answer) => answer.ThrottleMs;

    private static List<AclBinding> Resource(WireReader reader)
    {
        var (type, name, pattern) = ((ResourceType)reader.Int8(), reader.String(), (PatternType)reader.Int8());
        var acls = reader.Array(r =>
        {
            var acl = new AclBinding(type, name, pattern, r.String(), r.String(), (AclOperation)r.Int8(), (AclPermission)r.Int8());
            r.End();
            return acl;
        });
        reader.End();
        return acls;
    }
}

internal sealed record AclsCreated(int ThrottleMs, IReadOnlyList<ErrorCode> Errors);

/// <summary>CreateAcls, key 30. What stands already is made again without a word.</summary>
internal sealed class CreateAclsCall(IReadOnlyList<AclBinding> bindings) : ApiCall<AclsCreated>(30, 3, isFlexible: true)
{
    public override string Name => "CreateAcls";

    public override void Write(WireWriter writer)
    {
        writer.Array(bindings, static (w, acl) =>
        {
            w.Int8((sbyte)acl.Type);
            w.String(acl.Name);
            w.Int8((sbyte)acl.Pattern);
            w.String(acl.Principal);
            w.String(acl.Host);
            w.Int8((sbyte)acl.Operation);
            w.Int8((sbyte)acl.Permission);
            w.End();
        });
        writer.End();
    }

    public override AclsCreated Read(WireReader reader)
    {
        var throttle = reader.Int32();
        var errors = reader.Array(static r =>
        {
            var error = r.Error();
            r.NullableString();
            r.End();
            return error;
        });
        reader.End();
        return errors.Count == bindings.Count ? new AclsCreated(throttle, errors) : throw new WireException("The answer does not speak of each right that it was asked for.");
    }

    public override ErrorCode ErrorOf(AclsCreated answer) => answer.Errors.FirstOrDefault(e => e != ErrorCode.None);

    public override int ThrottleOf(AclsCreated answer) => answer.ThrottleMs;
}

/// <param name="Deleted">How many matched and went.</param>
internal sealed record AclsDeleted(int ThrottleMs, ErrorCode Error, int Deleted);

/// <summary>DeleteAcls, key 31, with one filter.</summary>
internal sealed class DeleteAclsCall(AclFilter filter) : ApiCall<AclsDeleted>(31, 3, isFlexible: true)
{
    public override string Name => "DeleteAcls";

    public override void Write(WireWriter writer)
    {
        writer.Array([filter], static (w, f) =>
        {
            f.Write(w);
            w.End();
        });
        writer.End();
    }

    public override AclsDeleted Read(WireReader reader)
    {
        var throttle = reader.Int32();
        var results = reader.Array(static r =>
        {
            var error = r.Error();
            r.NullableString();
            var matches = r.Array(Match);
            r.End();
            return (Error: error, Matches: matches);
        });
        reader.End();
        if (results is not [var (error, matches)])
            throw new WireException("The answer does not speak of the one filter that it was asked about.");
        var worst = error != ErrorCode.None ? error : matches.FirstOrDefault(e => e != ErrorCode.None);
        return new AclsDeleted(throttle, worst, matches.Count(e => e == ErrorCode.None));
    }

    public override ErrorCode ErrorOf(AclsDeleted answer) => answer.Error;

    public override int ThrottleOf(AclsDeleted answer) => answer.ThrottleMs;

    private static ErrorCode Match(WireReader reader)
    {
        var error = reader.Error();
        reader.NullableString();
        reader.Int8();
        reader.String();
        reader.Int8();
        reader.String();
        reader.String();
        reader.Int8();
        reader.Int8();
        reader.End();
        return error;
    }
}
