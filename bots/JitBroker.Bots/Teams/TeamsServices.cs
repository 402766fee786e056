using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Bots.Teams;

/// <summary>Registration of Teams.</summary>
public static class TeamsServices
{
    /// <summary>Teams. Needs the core and what chat says; <see cref="TeamsRoutes.MapTeams"/> maps its route, and the core's scheduling rings the sweep of its inbox.</summary>
    public static IServiceCollection AddTeams(this IServiceCollection services, TeamsOptions options) =>
        services
            .AddSingleton(options)
            .AddTeamsOutbound()
            .AddTeamsInbound()
            .AddTeamsActing();

    private static IServiceCollection AddTeamsOutbound(this IServiceCollection services) =>
        services
            .AddSingleton<TeamsCredentials>()
            .AddSingleton<TeamsPace>()
            .AddSingleton<TeamsConnector>()
            .AddSingleton<TeamsCalls>()
            .AddSingleton<TeamsReferences>()
            .AddSingleton<TeamsChannels>()
            .AddSingleton<TeamsLinks>()
            .AddSingleton<TeamsDirects>()
            .AddSingleton<TeamsReplies>()
            .AddSingleton<TeamsMembers>()
            .AddSingleton<TeamsChannelSafety>()
            .AddSingleton(provider => new TeamsStanding(provider.GetRequiredService<TeamsKeys>(), provider.GetRequiredService<TeamsCredentials>()))
            .AddSingleton<IDeliverySender, TeamsDeliverySender>();

    private static IServiceCollection AddTeamsActing(this IServiceCollection services) =>
        services
            .AddSingleton<PersonalCards>()
            .AddSingleton<TeamsPresses>()
            .AddSingleton<TeamsDialogs>()
            .AddSingleton<TeamsCommands>()
            .AddSingleton<ITeamsActing, TeamsActing>();

    private static IServiceCollection AddTeamsInbound(this IServiceCollection services) =>
        services
            .AddSingleton<TeamsKeys>()
            .AddSingleton<TeamsTokens>()
            .AddSingleton<TeamsPeople>()
            .AddSingleton<TeamsWork>()
            .AddSingleton<IInboxWork>(provider => provider.GetRequiredService<TeamsWork>())
            .AddSingleton<TeamsInbox>()
            .AddSingleton<TeamsEndpoint>()
            .AddHostedService(provider => provider.GetRequiredService<TeamsWork>())
            .AddHostedService<TeamsGreeting>();
}
