namespace JitBroker.Tests.Kafka;

/// <content>The rights that the issuer keeps, and what they let somebody fetch.</content>
internal sealed partial class FakeBroker
{
    private void DescribeAcls(BytesIn request, BytesOut answer, int error)
    {
        var matches = error == 0 && !IsBehind(29) ? Matching(request) : [];
        var resources = matches.GroupBy(a => (a.Type, a.Name, a.Pattern)).ToList();
        answer.I32(ThrottleMs).I16(error).CStr(error == 0 ? null : "no").CCount(resources.Count);
        foreach (var resource in resources)
        {
            answer.I8(resource.Key.Type).CStr(resource.Key.Name).I8(resource.Key.Pattern).CCount(resource.Count());
            foreach (var acl in resource)
                answer.CStr(acl.Principal).CStr(acl.Host).I8(acl.Operation).I8(acl.Permission).NoTags();
            answer.NoTags();
        }

        answer.NoTags();
    }

    private void CreateAcls(BytesIn request, BytesOut answer, int error)
    {
        var count = request.CCount();
        for (var left = count; left > 0; left--)
        {
            var acl = new FakeAcl(request.I8(), request.CStr()!, request.I8(), request.CStr()!, request.CStr()!, request.I8(), request.I8());
            request.Tags();
            if (error == 0)
                _cluster.Acls[acl] = true;
        }

        answer.I32(ThrottleMs).CCount(count);
        for (var left = count; left > 0; left--)
            answer.I16(error).CStr(error == 0 ? null : "no").NoTags();
        answer.NoTags();
    }

    private void DeleteAcls(BytesIn request, BytesOut answer, int error)
    {
        Assert.Equal(1, request.CCount());
        var matches = error == 0 ? Matching(request) : [];
        answer.I32(ThrottleMs).CCount(1).I16(error).CStr(error == 0 ? null : "no").CCount(matches.Count);
        foreach (var acl in matches)
        {
            _cluster.Acls.TryRemove(acl, out _);
            answer.I16(0).CStr(null).I8(acl.Type).CStr(acl.Name).I8(acl.Pattern).CStr(acl.Principal).CStr(acl.Host).I8(acl.Operation).I8(acl.Permission).NoTags();
        }

        answer.NoTags().NoTags();
    }

    private List<FakeAcl> Matching(BytesIn request)
    {
        Assert.Equal((1, null, 1), (request.I8(), request.CStr(), request.I8()));
        var principal = request.CStr();
        return [.. _cluster.Acls.Keys.Where(a => principal is null || a.Principal == principal)];
    }

    private void Fetch(BytesIn request, BytesOut answer, Visitor visitor)
    {
        request.Take(4 + 4 + 4 + 4 + 1 + 4);
        var topic = request.Str()!;
        answer.I32(0).I32(1).Str(topic).I32(1).I32(0).I16(_cluster.MayRead(visitor.User!, topic) ? 0 : 29).I64(0).I64(0).I32(0).I32(0);
    }
}
