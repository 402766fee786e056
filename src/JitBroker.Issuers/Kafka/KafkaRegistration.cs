using JitBroker.Issuers.Jwt;
using JitBroker.Issuers.Kafka.Wire;
using JitBroker.Issuing;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Issuers.Kafka;

/// <summary>Puts the <c>kafka</c> issuer together.</summary>
public static class KafkaRegistration
{
    /// <summary>
    /// Adds <see cref="IIssuer"/>, <see cref="IChecksTarget"/> and <see cref="IListsTarget"/> of kind <c>kafka</c>. The host adds <see cref="SecretLookup"/>,
    /// <see cref="TimeProvider"/> and the <c>jwt</c> issuer, whose keys sign the tokens of <c>mode: jwt</c>.
    /// </summary>
    public static IServiceCollection AddKafkaIssuer(this IServiceCollection services) =>
        services
            .AddSingleton<BrokerConnections>()
            .AddSingleton<KafkaTarget>()
            .AddSingleton(s => new KafkaToken(s.GetRequiredService<SigningKeys>(), s.GetRequiredService<JwtOptions>(), s.GetRequiredService<TimeProvider>()))
            .AddSingleton<IIssuer, KafkaIssuer>()
            .AddSingleton<IChecksTarget, CheckCluster>()
            .AddSingleton<IListsTarget, ListUsers>();
}
