using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Issuing;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace JitBroker.Issuers.Jwt;

/// <summary>Puts the <c>jwt</c> issuer together.</summary>
public static class JwtRegistration
{
    /// <summary>
    /// Adds <see cref="IIssuer"/> of kind <c>jwt</c>, <see cref="SigningKeys"/>, <see cref="ICheckpointSigner"/>, <see cref="Discovery"/> and <see cref="TokenIntrospection"/>, all
    /// singletons. The host adds <see cref="Database"/>, <see cref="EventStore"/>, <see cref="CatalogHolder"/>, <see cref="SecretLookup"/>,
    /// and <see cref="TimeProvider"/>, and calls <see cref="SigningKeys.LoadAsync"/> after the migrations.
    /// </summary>
    public static IServiceCollection AddJwtIssuer(this IServiceCollection services, JwtOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton(s => new SigningKeyStore(s.GetRequiredService<Database>(), s.GetRequiredService<EventStore>()))
            .AddSingleton(s => new SigningKeys(s.GetRequiredService<SigningKeyStore>(), options, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<SigningKeys>>()))
            .AddSingleton<ISweep, RotateKeysSweep>()
            .AddSingleton<ILeaseStandings, LeaseStandings>()
            .AddSingleton<ICheckpointSigner>(s => new CheckpointSigner(s.GetRequiredService<SigningKeys>(), s.GetRequiredService<TimeProvider>()))
            .AddSingleton<Discovery>()
            .AddSingleton<OwnTokens>()
            .AddSingleton<IntrospectionCallers>()
            .AddSingleton(s => new TokenIntrospection(
                s.GetRequiredService<IntrospectionCallers>(),
                s.GetRequiredService<OwnTokens>(),
                s.GetRequiredService<ILeaseStandings>(),
                options,
                s.GetRequiredService<TimeProvider>()))
            .AddSingleton<IIssuer, JwtIssuer>();
}
