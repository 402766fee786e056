using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace JitBroker.Playground;

/// <summary>
/// The playground by itself: prints one JSON line <c>{"url","api","team","teams"…}</c> when it answers, and runs until it is told to stop. Tokens come from
/// the environment (PLAYGROUND_BOT_TOKEN, PLAYGROUND_APP_TOKEN, PLAYGROUND_SIGNING_SECRET, PLAYGROUND_TEAMS_SECRET); those that are not given are random and in the line.
/// </summary>
internal static class PlaygroundProgram
{
    private const string Usage = "playground [--port N] [--events-url URL] [--commands-url URL] [--interactions-url URL] [--messages-url URL] [--no-rate-limits]";

    private static async Task<int> Main(string[] args)
    {
        if (Parse(args) is not { } options)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using var host = await PlaygroundHost.StartAsync(options);
        Console.WriteLine(Ready(host).ToJsonString(Wire.Json));
        await stop.Task;
        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }

    private static JsonObject Ready(PlaygroundHost host)
    {
        var line = new JsonObject { ["url"] = host.Url.ToString(), ["api"] = host.ApiUrl.ToString(), ["team"] = host.Options.TeamId };
        if (Secret("BOT_TOKEN") is null) line["bot_token"] = host.Options.BotToken;
        if (Secret("APP_TOKEN") is null) line["app_token"] = host.Options.AppToken;
        if (Secret("SIGNING_SECRET") is null) line["signing_secret"] = host.Options.SigningSecret;
        line["teams"] = TeamsOf(host.Teams);
        return line;
    }

    private static JsonObject TeamsOf(PlaygroundTeams teams)
    {
        var line = new JsonObject
        {
            ["tenant"] = teams.Options.TenantId.ToString(), ["app_id"] = teams.Options.AppId.ToString(), ["authority"] = teams.Authority.ToString(), ["metadata"] = teams.OpenIdMetadataUrl.ToString(),
            ["service_url"] = teams.ServiceUrl.ToString(),
        };
        if (Secret("TEAMS_SECRET") is null) line["client_secret"] = teams.Options.ClientSecret;
        return line;
    }

    private static string? Secret(string name) => Environment.GetEnvironmentVariable("PLAYGROUND_" + name) is { Length: > 0 } value ? value : null;

    private static PlaygroundOptions? Parse(string[] args)
    {
#pragma warning disable RS0030 // the only place of the playground that may: as a program of its own it has no broker to take a clock from
        var options = new PlaygroundOptions { Clock = TimeProvider.System };
#pragma warning restore RS0030
        options = options with
        {
            BotToken = Secret("BOT_TOKEN") ?? options.BotToken, AppToken = Secret("APP_TOKEN") ?? options.AppToken,
            SigningSecret = Secret("SIGNING_SECRET") ?? options.SigningSecret, Teams = options.Teams with { ClientSecret = Secret("TEAMS_SECRET") ?? options.Teams.ClientSecret },
        };
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--no-rate-limits") options = options with { RateLimits = new PlaygroundRateLimits { Enabled = false }, Teams = options.Teams with { Throttles = false } };
            else if (i + 1 == args.Length || With(options, args[i], args[++i]) is not { } more) return null;
            else options = more;
        }
        return options;
    }

    private static PlaygroundOptions? With(PlaygroundOptions options, string name, string value)
    {
        if (name == "--port")
            return ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? options with { Listen = new UriBuilder(options.Listen) { Port = port }.Uri } : null;
        if (!Uri.TryCreate(value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")) return null;
        return name switch
        {
            "--events-url" => options with { EventsUrl = url },
            "--commands-url" => options with { CommandsUrl = url },
            "--interactions-url" => options with { InteractionsUrl = url },
            "--messages-url" => options with { Teams = options.Teams with { MessagesUrl = url } },
            _ => null,
        };
    }
}
