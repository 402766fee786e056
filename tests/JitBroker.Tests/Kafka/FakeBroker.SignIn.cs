using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace JitBroker.Tests.Kafka;

/// <content>How it lets in: SCRAM and OAUTHBEARER.</content>
internal sealed partial class FakeBroker
{
    private void Handshake(BytesIn request, BytesOut answer, Visitor visitor)
    {
        visitor.Mechanism = request.Str()!;
        answer.I16(_cluster.Mechanisms.Contains(visitor.Mechanism) ? 0 : 33).I32(_cluster.Mechanisms.Count);
        foreach (var mechanism in _cluster.Mechanisms)
            answer.Str(mechanism);
    }

    private void Authenticate(BytesIn request, BytesOut answer, Visitor visitor)
    {
        var message = Encoding.UTF8.GetString(request.CBytes());
        var said = visitor.Mechanism == "OAUTHBEARER" ? Bearer(message, visitor) : visitor.ServerFirst is null ? First(message, visitor) : Final(message, visitor);
        answer.I16(said is null ? 58 : 0).CStr(said is null ? $"Authentication failed, said {message}" : "").CBytes(Encoding.UTF8.GetBytes(said ?? "")).I64(said is null ? 0 : LifetimeMs).NoTags();
    }

    private string? Bearer(string message, Visitor visitor)
    {
        var subject = _cluster.SubjectOf(message.Split("Bearer ")[1].TrimEnd('\u0001'));
        visitor.User = subject;
        return subject is null ? null : "";
    }

    private string? First(string message, Visitor visitor)
    {
        visitor.ClientFirst = message[3..];
        visitor.Claimed = Scram.Unescaped(Scram.Part(visitor.ClientFirst, 'n'));
        if (!_cluster.Logins.TryGetValue((visitor.Claimed, visitor.Mechanism), out var login))
            return null;
        visitor.Login = login;
        return visitor.ServerFirst = string.Create(CultureInfo.InvariantCulture, $"r={Scram.Part(visitor.ClientFirst, 'r')}fake{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))},s={Convert.ToBase64String(login.Salt)},i={login.Iterations}");
    }

    private string? Final(string message, Visitor visitor)
    {
        var login = visitor.Login!;
        var bare = message[..message.LastIndexOf(",p=", StringComparison.Ordinal)];
        var signed = $"{visitor.ClientFirst},{visitor.ServerFirst},{bare}";
        var signature = Scram.Mac(login.Mechanism, login.StoredKey, signed);
        var clientKey = Convert.FromBase64String(message[(message.LastIndexOf(",p=", StringComparison.Ordinal) + 3)..]).Zip(signature, (a, b) => (byte)(a ^ b)).ToArray();
        if (!IsImpostor && !CryptographicOperations.HashData(Scram.HashOf(login.Mechanism), clientKey).SequenceEqual(login.StoredKey))
            return null;
        visitor.User = visitor.Claimed;
        return "v=" + Convert.ToBase64String(IsImpostor ? new byte[login.ServerKey.Length] : Scram.Mac(login.Mechanism, login.ServerKey, signed));
    }

    private sealed class Visitor
    {
        public string Mechanism { get; set; } = "";

        public string ClientFirst { get; set; } = "";

        public string Claimed { get; set; } = "";

        public string? ServerFirst { get; set; }

        public FakeLogin? Login { get; set; }

        public string? User { get; set; }
    }
}
