using System.CommandLine;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit login</c>: RFC 8628, confirmed in chat by typing the code.</summary>
internal static class LoginCommand
{
    /// <summary>RFC 8628 §3.5: what slow_down adds, and what to wait after a connection that failed.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    internal static Verb Create(Runner run)
    {
        var canDecide = new Option<bool>("--can-decide") { Description = "Ask for a session that may approve, deny and revoke in your name; it lasts 15 minutes." };
        return new Verb("login", "Sign in: shows a code, you confirm it in chat.", "jit login", "jit login --can-decide", "jit login --url https://jit.example.com") { canDecide }
            .Does(run, invocation => ActAsync(invocation, invocation.Get(canDecide) ? SessionScope.Decide : SessionScope.Ask));
    }

    private static async Task<int> ActAsync(Invocation run, SessionScope scope)
    {
        if (run.GivenToken is not null)
            throw new UsageFaultException("JIT_TOKEN is set, and it stands in for every session.", "unset JIT_TOKEN, then jit login");
        var broker = run.Anonymous();
        var device = (await broker.StartSignInAsync(scope, run.Around.MachineName, run.Cancel)).Value;
        var diesAt = run.Around.Clock.GetUtcNow() + TimeSpan.FromSeconds(device.ExpiresIn);
        Show(run, device, scope, diesAt);
        var token = await PollAsync(run, broker, device, diesAt);
        run.Screen.Live(null);
        var endsAt = run.Around.Clock.GetUtcNow() + TimeSpan.FromSeconds(token.ExpiresIn);
        run.Sessions.Save(run.Broker, token.Scope is SessionScope.Unknown ? scope : token.Scope, token.AccessToken, endsAt);
        return await GreetAsync(run, token.AccessToken, scope, endsAt);
    }

    private static void Show(Invocation run, DeviceAuthorization device, SessionScope scope, DateTimeOffset diesAt)
    {
        var command = $"/access login {device.UserCode}";
        if (run.Json)
        {
            run.Screen.ErrorLine($"In chat, type: {command}");
            return;
        }

        run.Screen.Line(Piece.Ours("In Slack or Teams, type"));
        run.Screen.Blank();
        run.Screen.Line(Piece.Ours("    "), new Piece(command, Tone.Strong));
        run.Screen.Blank();
        run.Screen.Line(Piece.Ours($"and confirm. The code works once, until {run.Times.Absolute(diesAt)}. ", Tone.Dim),
            Piece.Ours(scope is SessionScope.Decide ? "The session may approve in your name." : "", Tone.Warn));
    }

    private static async Task<TokenReply> PollAsync(Invocation run, BrokerClient broker, DeviceAuthorization device, DateTimeOffset diesAt)
    {
        var interval = TimeSpan.FromSeconds(Math.Max(1, device.Interval));
        while (run.Around.Clock.GetUtcNow() < diesAt)
        {
            run.Screen.Live($"Waiting for you to confirm… {Times.Rough(diesAt - run.Around.Clock.GetUtcNow())} left");
            await run.DelayAsync(interval);
            var (token, slower) = await OnceAsync(run, broker, device.DeviceCode);
            if (token is not null)
                return token;
            interval += slower;
        }

        throw Expired();
    }

    private static async Task<(TokenReply? Token, TimeSpan Slower)> OnceAsync(Invocation run, BrokerClient broker, string deviceCode)
    {
        try
        {
            var poll = await broker.PollSignInAsync(deviceCode, run.Cancel);
            return poll.Error?.Error switch
            {
                null => (poll.Token, TimeSpan.Zero),
                OAuthErrors.AuthorizationPending => (null, TimeSpan.Zero),
                OAuthErrors.SlowDown => (null, Step),
                OAuthErrors.AccessDenied => throw new RefusedHereException(OAuthErrors.AccessDenied, "The sign-in was refused in chat."),
                OAuthErrors.ExpiredToken => throw Expired(),
                var other => throw new RefusedHereException(other, poll.Error.Description ?? "The broker refused the sign-in.", "jit login"),
            };
        }
        catch (BrokerUnreachableException)
        {
            // The code lives on while the connection does not: slower, and again, until it dies.
            return (null, Step);
        }
        catch (BrokerRefusedException refused) when (refused.RetryAfter is { } wait)
        {
            await run.DelayAsync(wait);
            return (null, Step);
        }
    }

    private static RefusedHereException Expired() => new(OAuthErrors.ExpiredToken, "The code was not confirmed in time.", "jit login");

    private static async Task<int> GreetAsync(Invocation run, string token, SessionScope scope, DateTimeOffset endsAt)
    {
        var me = await run.Client(token).GetMeAsync(run.Cancel);
        if (run.Json)
        {
            run.Screen.Json(me.Body);
            return Exits.Done;
        }

        run.Screen.Line(Piece.Ours("Signed in as ", Tone.Good), new Piece(me.Value.Name, Tone.Strong), Piece.Ours(" <"), new Piece(me.Value.Email),
            Piece.Ours($"> until {run.Times.Absolute(endsAt)}."));
        run.Screen.Hint(scope is SessionScope.Decide ? "jit pending shows what waits for you." : "jit list shows what you may ask for.");
        return Exits.Done;
    }
}
