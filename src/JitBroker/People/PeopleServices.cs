using JitBroker.People.Linking;
using JitBroker.People.Scim;
using JitBroker.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.People;

/// <summary>Registration of people beside the catalog: pushed by SCIM, and accounts that were linked.</summary>
internal static class PeopleServices
{
    public static IServiceCollection AddPeople(this IServiceCollection services, ScimClients clients) =>
        services
            .AddSingleton(clients)
            .AddSingleton<PeopleHead>()
            .AddSingleton<PeopleBook>()
            .AddSingleton<TakeAway>()
            .AddSingleton<ReloadPeople>()
            .AddSweep<ReloadPeople>(Sweep.ReloadPeople, static (reload, token) => reload.RunAsync(token))
            .AddSingleton<ScimUserStore>()
            .AddSingleton<ScimGroupStore>()
            .AddSingleton<KeepUser>()
            .AddSingleton<KeepGroup>()
            .AddSingleton<IdentityStore>()
            .AddSingleton<LinkStore>()
            .AddSingleton<LinkIdentity>()
            .AddSingleton<ShowLink>()
            .AddSingleton<TypeLink>()
            .AddSingleton<AnswerLink>()
            .AddSingleton<UnlinkIdentity>()
            .AddSingleton<LinkByProfile>()
            .AddSingleton<ReadIdentities>()
            .AddSingleton<ISweep, LinkPruneSweep>();
}
