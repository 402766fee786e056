using JitBroker.Issuing;
using JitBroker.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Issuers.Http;

/// <summary>Puts the <c>http</c> issuer together.</summary>
public static class HttpRegistration
{
    /// <summary>Adds <see cref="IIssuer"/> of kind <c>http</c> and the <see cref="Door"/>. The host adds <see cref="Database"/>, <see cref="TimeProvider"/> and the jwt issuer, and serves the door.</summary>
    public static IServiceCollection AddHttpIssuer(this IServiceCollection services) => services
        .AddSingleton<DoorTokens>()
        .AddSingleton(s => new Door(s.GetRequiredService<DoorTokens>().LiveAsync, s.GetRequiredService<TimeProvider>()))
        .AddSingleton<IIssuer, HttpIssuer>();
}
