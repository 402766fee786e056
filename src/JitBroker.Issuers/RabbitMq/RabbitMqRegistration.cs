using JitBroker.Issuing;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>Puts the <c>rabbitmq</c> issuer together.</summary>
public static class RabbitMqRegistration
{
    /// <summary>
    /// Adds <see cref="IIssuer"/>, <see cref="IChecksTarget"/> and <see cref="IListsTarget"/> of kind <c>rabbitmq</c>. The host adds <see cref="SecretLookup"/>, <see cref="TimeProvider"/> and
    /// the jwt issuer, whose keys sign tokens.
    /// </summary>
    public static IServiceCollection AddRabbitMqIssuer(this IServiceCollection services) =>
        services.AddSingleton<IIssuer, RabbitMqIssuer>().AddSingleton<IChecksTarget, CheckServer>().AddSingleton<IListsTarget, ListUsers>();
}
