namespace JitBroker.Issuers.Kafka.Wire.Calls;

/// <param name="Mechanisms">1 for SCRAM-SHA-256, 2 for SCRAM-SHA-512, with the iterations of each.</param>
internal sealed record ScramUser(string Name, ErrorCode Error, IReadOnlyList<(sbyte Mechanism, int Iterations)> Mechanisms);

internal sealed record ScramUsers(int ThrottleMs, ErrorCode Error, IReadOnlyList<ScramUser> Users)
{
    public bool Has(string user) => Users.Any(u => u.Name == user && u.Error == ErrorCode.None && u.Mechanisms.Count > 0);
}

/// <summary>DescribeUserScramCredentials, key 50: who can log in by SCRAM. Answered from the broker's own copy of the metadata.</summary>
/// <param name="users">Null for everybody.</param>
internal sealed class DescribeScramCall(IReadOnlyList<string>? users) : ApiCall<ScramUsers>(50, 0, isFlexible: true)
{
    public override string Name => "DescribeUserScramCredentials";

    public override void Write(WireWriter writer)
    {
        writer.Array(users, static (w, name) =>
        {
            w.String(name);
            w.End();
        });
        writer.End();
    }

    public override ScramUsers Read(WireReader reader)
    {
        var (throttle, error) = (reader.Int32(), reader.Error());
        reader.NullableString();
        var found = reader.Array(User);
        reader.End();
        return new ScramUsers(throttle, error, found);
    }

    /// <summary>A user that is not there is no trouble.</summary>
    public override ErrorCode ErrorOf(ScramUsers answer) =>
        answer.Error != ErrorCode.None ? answer.Error : answer.Users.Select(u => u.Error).FirstOrDefault(e => e is not (ErrorCode.None or ErrorCode.ResourceNotFound));

    public override int ThrottleOf(ScramUsers answer) => answer.ThrottleMs;

    private static ScramUser User(WireReader reader)
    {
        var (name, error) = (reader.String(), reader.Error());
        reader.NullableString();
        var infos = reader.Array(static r =>
        {
            var info = (r.Int8(), r.Int32());
            r.End();
            return info;
        });
        reader.End();
        return new ScramUser(name, error, infos);
    }
}

/// <summary>A login to be made or overwritten. The broker never sees the password, only what it is stretched to.</summary>
internal sealed record ScramUpsert(string User, sbyte Mechanism, int Iterations, byte[] Salt, byte[] SaltedPassword)
{
    public override string ToString() => "***";
}

internal sealed record ScramAltered(int ThrottleMs, IReadOnlyList<(string User, ErrorCode Error)> Results);

/// <summary>AlterUserScramCredentials, key 51. One user may stand in it once. Texts of the broker are not kept: the call holds what a login can be made of.</summary>
internal sealed class AlterScramCall(IReadOnlyList<(string User, sbyte Mechanism)> deletions, IReadOnlyList<ScramUpsert> upserts) : ApiCall<ScramAltered>(51, 0, isFlexible: true)
{
    public override string Name => "AlterUserScramCredentials";

    public override void Write(WireWriter writer)
    {
        writer.Array(deletions, static (w, deletion) =>
        {
            w.String(deletion.User);
            w.Int8(deletion.Mechanism);
            w.End();
        });
        writer.Array(upserts, static (w, upsert) =>
        {
            w.String(upsert.User);
            w.Int8(upsert.Mechanism);
            w.Int32(upsert.Iterations);
            w.Bytes(upsert.Salt);
            w.Bytes(upsert.SaltedPassword);
            w.End();
        });
        writer.End();
    }

    public override ScramAltered Read(WireReader reader)
    {
        var throttle = reader.Int32();
        var results = reader.Array(static r =>
        {
            var result = (r.String(), r.Error());
            r.NullableString();
            r.End();
            return result;
        });
        reader.End();
        if (results.Count != deletions.Count + upserts.Count)
            throw new WireException("The answer does not speak of each user that it was asked about.");
        return new ScramAltered(throttle, results);
    }

    /// <summary>What was not there to be deleted is no trouble.</summary>
    public override ErrorCode ErrorOf(ScramAltered answer) => answer.Results.Select(r => r.Error).FirstOrDefault(e => e is not (ErrorCode.None or ErrorCode.ResourceNotFound));

    public override int ThrottleOf(ScramAltered answer) => answer.ThrottleMs;
}
