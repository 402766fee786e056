using JitBroker.Client;
using JitBroker.Server.Demo;

namespace JitBroker.LiveTests.Fixtures;

/// <summary>One person at the workspace's page and at a terminal. Acts over the wire only.</summary>
internal sealed class Person(HttpClient workspace, string user)
{
    private const int Patience = 4;

    private readonly Colleague _page = new(workspace, user);

    public Task TypeAsync(string text) => _page.TypeAsync(ChatWorkspace.Channel, text, CancellationToken.None);

    /// <summary>Waits for a message longer than the demo would: the machine may be busy with other tests.</summary>
    public async Task<Seen> SeesAsync(string what, Func<Seen, bool> wanted)
    {
        for (var left = Patience; ; left--)
        {
            try
            {
                return await _page.SeesAsync(ChatWorkspace.Channel, what, wanted, CancellationToken.None);
            }
            catch (TourException) when (left > 0)
            {
                // Looked for a while; looks again.
            }
        }
    }

    /// <summary>What is on the screen now.</summary>
    public Task<IReadOnlyList<Seen>> ReadAsync() => _page.ReadAsync(ChatWorkspace.Channel, CancellationToken.None);

    public Task PressAsync(Seen message, string action, string? value) => _page.PressAsync(ChatWorkspace.Channel, message, action, value, CancellationToken.None);

    /// <summary>Confirms in chat a code that some terminal shows.</summary>
    public async Task ConfirmAsync(string code)
    {
        await InsistAsync(() => TypeAsync($"/access login {code}"));
        var prompt = await SeesAsync("the sign-in prompt", m => m.ButtonValue("login_confirm") is not null);
        await InsistAsync(() => PressAsync(prompt, "login_confirm", prompt.ButtonValue("login_confirm")));
    }

    /// <summary>Again when the workspace says that the bot did not answer within its three seconds: a broker that has just started on a busy machine may not.</summary>
    private static async Task InsistAsync(Func<Task> act)
    {
        for (var left = Patience; ; left--)
        {
            try
            {
                await act();
                return;
            }
            catch (TourException) when (left > 0)
            {
                // Seen by the person, who tries again.
            }
        }
    }

    /// <summary>Signs in by chat and gives the session's token.</summary>
    public async Task<string> TokenAsync(Uri broker, SessionScope scope = SessionScope.Ask)
    {
        using var stranger = new BrokerClient(broker);
        var device = (await stranger.StartSignInAsync(scope, $"{user}-laptop", CancellationToken.None)).Value;
        await ConfirmAsync(device.UserCode);
        string? token = null;
        await Eventually.TrueAsync(async () => (token = (await stranger.PollSignInAsync(device.DeviceCode, CancellationToken.None)).Token?.AccessToken) is not null);
        return token!;
    }

    /// <summary>Signs in by chat; the client is the caller's to dispose.</summary>
    public async Task<BrokerClient> SignInAsync(Uri broker, SessionScope scope = SessionScope.Ask) => new(broker, await TokenAsync(broker, scope));
}
