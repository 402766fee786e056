using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace JitBroker.Bots.Slack;

/// <summary>Registration of Slack.</summary>
public static class SlackServices
{
    /// <summary>Slack, by requests or by sockets. Needs the core; <see cref="SlackRoutes.MapSlack"/> maps its routes, and the core's scheduling rings its sweep.</summary>
    public static IServiceCollection AddSlack(this IServiceCollection services, SlackOptions options)
    {
        services
            .AddSingleton(options)
            .AddSingleton<SlackStanding>()
            .AddSlackOutbound()
            .AddSlackInbound();

        // After the work, so that it stops before it: nothing is taken that nobody would work on.
        return options.Mode == SlackOptions.Socket ? services.AddSingleton<SocketDesk>().AddHostedService<SlackSockets>() : services;
    }

    private static IServiceCollection AddSlackOutbound(this IServiceCollection services) =>
        services
            .AddSingleton<SlackPace>()
            .AddSingleton<SlackClient>()
            .AddSingleton<SlackCalls>()
            .AddSingleton<SlackWorkspaces>()
            .AddSingleton<PrivateAnswers>()
            .AddSingleton<FollowUp>()
            .AddSingleton<ChannelSafety>()
            .AddSingleton<SlackHome>()
            .AddSingleton<SlackThreads>()
            .AddSingleton<IDeliverySender, SlackSender>();

    private static IServiceCollection AddSlackInbound(this IServiceCollection services) =>
        services
            .AddSingleton<SlackPeople>()
            .AddSingleton<RequestFormDesk>()
            .AddSingleton<DenyForm>()
            .AddSingleton<ApproveLessForm>()
            .AddSingleton<BreakGlassForm>()
            .AddSingleton<ReviewForm>()
            .AddSingleton<SlackSubmissions>()
            .AddSingleton<SlackCommands>()
            .AddSingleton<SlackPresses>()
            .AddSingleton<SlackHandlers>()
            .AddSingleton<SlackWork>()
            .AddSingleton<SlackInbox>()
            .AddSingleton<SlackEndpoint>()
            .AddSingleton<IInboxWork>(provider => provider.GetRequiredService<SlackWork>())
            .AddHostedService(provider => provider.GetRequiredService<SlackWork>())
            .AddHostedService<SlackGreeting>();
}

/// <summary>Says at the start, once and without holding it up, whether the token and its scopes will do.</summary>
internal sealed partial class SlackGreeting(SlackCalls calls, SlackWorkspaces workspaces, ILogger<SlackGreeting> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // The client itself compares the granted scopes with those needed.
            if (await calls.WhoAreWeAsync(stoppingToken) is SlackReply.Refused refused)
                LogRefused(log, refused.Error);
            else
                await workspaces.AreKnownAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops before Slack has answered; nobody waits for it.
            return;
        }
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Slack does not accept the bot token ({Error}): nothing can be told there. Set Slack:BotToken to the xoxb- token of the app")]
    private static partial void LogRefused(ILogger log, string error);
}
