using JitBroker.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Bots.Chat;

/// <summary>Registration of what chat understands and says.</summary>
public static class ChatServices
{
    /// <summary>What every chat surface shares.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services, ChatLinks links) =>
        services
            .AddSingleton(links)
            .AddSingleton<ReadStory>()
            .AddSingleton<ReadSaying>()
            .AddSingleton<References>()
            .AddSingleton<Lists>()
            .AddSingleton<LatelyAsked>()
            .AddSingleton<AccessReviewCard>()
            .AddSingleton<DraftRequest>()
            .AddSingleton<FillRequestForm>()
            .AddSingleton<ReadHome>()
            .AddSingleton<ChatService>()
            .AddSingleton<ChatExtensions>()
            .AddSingleton<ChatEmergencies>()
            .AddSingleton<SignInByChat>()
            .AddSingleton<LinkByChat>()
            .AddSingleton<ChatHttp>()
            .AddSingleton<CopyKeeper>()
            .AddSingleton<ChannelFallback>()
            .AddSingleton<ThreadPlace>()
            .AddSingleton<ReadThreadNote>()
            .AddSingleton<WorkInbox>()
            .AddSingleton<ISweep>(provider => provider.GetRequiredService<WorkInbox>());
}
