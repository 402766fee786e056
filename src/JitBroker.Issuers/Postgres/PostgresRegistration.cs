using JitBroker.Issuing;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Issuers.Postgres;

/// <summary>Puts the <c>postgres</c> issuer together.</summary>
public static class PostgresRegistration
{
    /// <summary>Adds <see cref="IIssuer"/>, <see cref="IChecksTarget"/> and <see cref="IListsTarget"/> of kind <c>postgres</c>. The host adds <see cref="SecretLookup"/> and <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddPostgresIssuer(this IServiceCollection services) =>
        services.AddSingleton<IIssuer, PostgresIssuer>().AddSingleton<IChecksTarget, CheckServer>().AddSingleton<IListsTarget, ListRoles>();
}
