using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using JitBroker.Issuing;

namespace JitBroker.Tests.Kafka;

/// <summary>
/// Somebody with a credential at a cluster: logs in, and reads what they may. Speaks by bytes of its own, so that what it is told is told to others too. Null answers to
/// a login mean: not let in.
/// </summary>
internal sealed class Holder : IDisposable
{
    public const int TopicAuthorizationFailed = 29;

    private readonly TcpClient _tcp = new();
    private int _correlation;

    /// <summary>With what the credential says.</summary>
    public static Task<Holder?> LogInAsync(Credential credential)
    {
        var body = credential.Reveal();
        var server = body["bootstrapServers"]!.ToString().Split(',')[0].Split(':');
        return LogInAsync(server[0], int.Parse(server[1], System.Globalization.CultureInfo.InvariantCulture), body["mechanism"]!.ToString(), body["username"]!.ToString(), (body["password"] ?? body["token"])!.ToString());
    }

    public static async Task<Holder?> LogInAsync(string host, int port, string mechanism, string user, string secret)
    {
        var holder = new Holder();
        try
        {
            await holder._tcp.ConnectAsync(host, port);
            if (await holder.EnterAsync(mechanism, user, secret))
                return holder;
        }
        catch (Exception e) when (e is IOException or EndOfStreamException)
        {
            // Kafka hangs up on whom it does not let in, at times before it says so.
            holder.Dispose();
            return null;
        }

        holder.Dispose();
        return null;
    }

    /// <summary>The error of a fetch from partition 0: 0 is access.</summary>
    public async Task<int> FetchAsync(string topic)
    {
        // Fetch 4: replica -1, wait, least and most bytes, read committed or not, topics.
        var request = new BytesOut().I32(-1).I32(1).I32(0).I32(1 << 20).I8(0).I32(1).Str(topic).I32(1).I32(0).I64(0).I32(1 << 20);
        var answer = await CallAsync(1, 4, isFlexible: false, request.All);
        answer.I32();
        if (answer.I32() != 1)
            return -1;
        answer.Str();
        answer.I32();
        answer.I32();
        return answer.I16();
    }

    /// <summary>Lets the broker make a topic, which its administrator may.</summary>
    public async Task MakeTopicAsync(string topic)
    {
        await Eventually.TrueAsync(async () =>
        {
            await CallAsync(3, 4, isFlexible: false, new BytesOut().I32(1).Str(topic).I8(1).All);
            return await FetchAsync(topic) == 0;
        });
    }

    /// <summary>Names of SCRAM users and of principals with rights, as the administrator.</summary>
    public async Task<IReadOnlyList<string>> StandingAsync()
    {
        List<string> names = [];
        var users = await CallAsync(50, 0, isFlexible: true, new BytesOut().CCount(-1).NoTags().All);
        users.I32();
        users.I16();
        users.CStr();
        for (var left = users.CCount(); left > 0; left--)
        {
            names.Add(users.CStr()!);
            users.I16();
            users.CStr();
            for (var infos = users.CCount(); infos > 0; infos--)
            {
                users.I8();
                users.I32();
                users.Tags();
            }

            users.Tags();
        }

        var acls = await CallAsync(29, 3, isFlexible: true, new BytesOut().I8(1).CStr(null).I8(1).CStr(null).CStr(null).I8(1).I8(1).NoTags().All);
        acls.I32();
        acls.I16();
        acls.CStr();
        for (var resources = acls.CCount(); resources > 0; resources--)
        {
            acls.I8();
            acls.CStr();
            acls.I8();
            for (var left = acls.CCount(); left > 0; left--)
            {
                names.Add(acls.CStr()!);
                acls.CStr();
                acls.I8();
                acls.I8();
                acls.Tags();
            }

            acls.Tags();
        }

        return names;
    }

    /// <summary>Gives somebody rights that are not of our making.</summary>
    public Task AllowAsync(string principal, string topic) =>
        CallAsync(30, 3, isFlexible: true, new BytesOut().CCount(1).I8(2).CStr(topic).I8(3).CStr(principal).CStr("*").I8(3).I8(3).NoTags().NoTags().All);

    public void Dispose() => _tcp.Dispose();

    private async Task<bool> EnterAsync(string mechanism, string user, string secret)
    {
        var hands = await CallAsync(17, 1, isFlexible: false, new BytesOut().Str(mechanism).All);
        if (hands.I16() != 0)
            return false;
        if (mechanism == "OAUTHBEARER")
            return (await SayAsync($"n,,\u0001auth=Bearer {secret}\u0001\u0001")) is "";
        var first = $"n={user},r=holder{Ids.New(DateTimeOffset.UnixEpoch)}";
        if (await SayAsync("n,," + first) is not { Length: > 0 } challenge)
            return false;
        return await SayAsync(Scram.Final(mechanism, secret, first, challenge)) is not null;
    }

    /// <summary>Null when it was refused.</summary>
    private async Task<string?> SayAsync(string message)
    {
        var answer = await CallAsync(36, 2, isFlexible: true, new BytesOut().CBytes(Encoding.UTF8.GetBytes(message)).NoTags().All);
        var error = answer.I16();
        answer.CStr();
        return error == 0 ? Encoding.UTF8.GetString(answer.CBytes()) : null;
    }

    private async Task<BytesIn> CallAsync(int key, int version, bool isFlexible, byte[] body)
    {
        var request = new BytesOut().I16(key).I16(version).I32(++_correlation).Str("holder");
        if (isFlexible)
            request.NoTags();
        var stream = _tcp.GetStream();
        await stream.WriteAsync(request.Raw(body).Framed());
        var head = new byte[4];
        await stream.ReadExactlyAsync(head);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
        await stream.ReadExactlyAsync(frame);
        var answer = new BytesIn(frame);
        Assert.Equal(_correlation, answer.I32());
        if (isFlexible)
            answer.Tags();
        return answer;
    }
}
