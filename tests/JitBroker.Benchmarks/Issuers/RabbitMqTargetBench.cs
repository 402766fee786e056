using JitBroker.Issuers.Jwt;
using JitBroker.Issuers.RabbitMq;
using JitBroker.Tests.Issuing;

namespace JitBroker.Benchmarks.Issuers;

/// <summary>Users of Debian's RabbitMQ. Tokens are left out: their mint asks nobody, and their end is a matter of the clock.</summary>
internal sealed class RabbitMqTargetBench : IBenchedTarget
{
    public string Name => "RabbitMQ";

    public async Task<BenchedIssuer?> StartAsync(CancellationToken cancellationToken)
    {
        if (await RabbitMqServer.NewAsync() is not { } server)
            return null;
        // Users need no keys.
        var issuer = new RabbitMqIssuer((string _, out string problem) => { problem = ""; return RabbitMqServer.Password; }, null!, new JwtOptions("http://127.0.0.1:8080", "keys"), HostClock.New());
        return new BenchedIssuer(
            issuer,
            $$"""{"management":"{{server.Management}}","amqp":"{{server.Amqp}}","user":"{{RabbitMqServer.Administrator}}","password":"${env:MQ}","mode":"user"}""",
            """{"vhost":"/","read":"^orders$"}""");
    }
}
