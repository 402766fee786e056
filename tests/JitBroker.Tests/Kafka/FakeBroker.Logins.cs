namespace JitBroker.Tests.Kafka;

/// <content>The logins that the issuer keeps.</content>
internal sealed partial class FakeBroker
{
    private void DescribeLogins(BytesIn request, BytesOut answer, int error)
    {
        List<string>? asked = null;
        var count = request.CCount();
        for (var left = count; left > 0; left--)
        {
            (asked ??= []).Add(request.CStr()!);
            request.Tags();
        }

        var isBehind = IsBehind(50);
        var users = error != 0 ? [] : count < 0 ? _cluster.Logins.Keys.Select(k => k.User).Distinct().ToList() : asked!;
        answer.I32(ThrottleMs).I16(error).CStr(error == 0 ? null : "no").CCount(users.Count);
        foreach (var user in users)
        {
            var logins = _cluster.Logins.Where(l => l.Key.User == user && !isBehind).Select(l => l.Value).ToList();
            answer.CStr(user).I16(logins.Count == 0 ? 91 : 0).CStr(null).CCount(logins.Count);
            foreach (var login in logins)
                answer.I8(login.Mechanism.EndsWith("256", StringComparison.Ordinal) ? 1 : 2).I32(login.Iterations).NoTags();
            answer.NoTags();
        }

        answer.NoTags();
    }

    private void AlterLogins(BytesIn request, BytesOut answer, int error)
    {
        List<(string User, int Error)> results = [];
        for (var left = request.CCount(); left > 0; left--)
        {
            var (user, mechanism) = (request.CStr()!, MechanismOf(request.I8()));
            request.Tags();
            results.Add((user, error != 0 ? error : _cluster.Logins.TryRemove((user, mechanism), out _) ? 0 : 91));
        }

        for (var left = request.CCount(); left > 0; left--)
        {
            var (user, mechanism, iterations, salt, salted) = (request.CStr()!, MechanismOf(request.I8()), request.I32(), request.CBytes(), request.CBytes());
            request.Tags();
            if (error == 0)
                _cluster.Upsert(user, mechanism, iterations, salt, salted);
            results.Add((user, error));
        }

        answer.I32(ThrottleMs).CCount(results.Count);
        foreach (var (user, failure) in results)
            answer.CStr(user).I16(failure).CStr(failure == 0 ? null : "no").NoTags();
        answer.NoTags();
    }

    private static string MechanismOf(int number) => number == 1 ? "SCRAM-SHA-256" : "SCRAM-SHA-512";
}
