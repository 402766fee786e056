using JitBroker.Client;

namespace JitBroker.Server.Demo;

/// <summary>Signs a terminal in as people do: <c>jit login</c> shows a code, its person types it in chat and confirms.</summary>
internal sealed class ChatSignIn(Uri broker, TourScreen screen)
{
    private const string Channel = "C0ACCESS";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <returns>A client with the session; the caller disposes of it.</returns>
    /// <exception cref="TourException">The sign-in did not come to its end.</exception>
    public async Task<BrokerClient> HandleAsync(Colleague who, string name, SessionScope scope, CancellationToken cancellationToken)
    {
        using var stranger = new BrokerClient(broker);
        var host = name.ToLowerInvariant() + "-laptop";
        var device = (await stranger.StartSignInAsync(scope, host, cancellationToken)).Value;
        screen.Says(scope == SessionScope.Decide ? "jit login --can-decide" : "jit login", $"shows the code {device.UserCode}, good for {device.ExpiresIn / 60} minutes and one use");
        await who.TypeAsync(Channel, $"/access login {device.UserCode}", cancellationToken);
        var prompt = await who.SeesAsync(Channel, "the sign-in prompt", m => m.ButtonValue("login_confirm") is not null, cancellationToken);
        screen.Says($"/access login {device.UserCode}", $"asks {name}, privately: is this you, at 127.0.0.1, saying it is {host}?");
        await who.PressAsync(Channel, prompt, "login_confirm", prompt.ButtonValue("login_confirm"), cancellationToken);
        return new BrokerClient(broker, await TokenAsync(stranger, device, cancellationToken));
    }

    private static async Task<string> TokenAsync(BrokerClient stranger, DeviceAuthorization device, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += TimeSpan.FromSeconds(device.Interval))
        {
            if ((await stranger.PollSignInAsync(device.DeviceCode, cancellationToken)).Token is { } granted)
                return granted.AccessToken;
            await Task.Delay(TimeSpan.FromSeconds(device.Interval), cancellationToken);
        }

        throw new TourException($"Waited {Patience.TotalSeconds:0} s for the session; it did not come.");
    }
}
