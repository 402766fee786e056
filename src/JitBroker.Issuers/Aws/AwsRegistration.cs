using JitBroker.Audit;
using JitBroker.Issuing;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Issuers.Aws;

/// <summary>Puts the <c>aws-sts</c> issuer together.</summary>
public static class AwsRegistration
{
    /// <summary>
    /// Adds <see cref="IIssuer"/>, <see cref="IChecksTarget"/> and <see cref="IListsTarget"/> of kind <c>aws-sts</c>, and the sweep that clears roles of old entries. The host adds
    /// <see cref="Database"/>, <see cref="EventStore"/>, <see cref="Replica"/>, <see cref="SecretLookup"/> and <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddAwsIssuer(this IServiceCollection services) =>
        services
            .AddSingleton(static _ => new AwsNet())
            .AddSingleton<AwsAccount>()
            .AddSingleton<DenyStore>()
            .AddSingleton<WriteDenials>()
            .AddSingleton<EndSession>()
            .AddSingleton<ISweep, PruneDenialsSweep>()
            .AddSingleton<IIssuer, AwsIssuer>()
            .AddSingleton<IChecksTarget, CheckAccount>()
            .AddSingleton<IListsTarget, ListSessions>();
}
