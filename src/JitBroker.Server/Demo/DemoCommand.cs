using System.CommandLine;
using System.Globalization;
using JitBroker.Server.Hosting;
using Spectre.Console;

namespace JitBroker.Server.Demo;

/// <summary><c>demo</c>: the whole loop on an embedded default. <c>--tour</c> plays the story by itself and exits with 0, or 1 at the first step that did not hold.</summary>
internal static class DemoCommand
{
    private const int BrokerPort = 8080;

    public static Command Make()
    {
        var tour = new Option<bool>("--tour") { Description = "Plays the whole story by itself, through the real wire, and exits." };
        var port = new Option<int?>("--port") { Description = "The broker's port; the workspace takes the next, the service the one after. 8080 unless taken." };
        var command = new Command("demo", "Everything in one go: Slack and Teams side by side, the broker, and a service to protect.") { tour, port };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            // Signals are heard from when this has come back for the first time: until then nothing is made that would be left behind.
            await Task.Yield();
            return await (parsed.GetValue(tour) ? PlayAsync(cancellationToken) : ServeAsync(parsed.GetValue(port) ?? BrokerPort, cancellationToken));
        });
        return command;
    }

    /// <summary>A terminal gets colour and its own width; a pipe gets plain text in whole lines.</summary>
    private static IAnsiConsole Screen()
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Console;
        var plain = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No });
        plain.Profile.Width = 500;
        return plain;
    }

    private static async Task<int> ServeAsync(int port, CancellationToken cancellationToken)
    {
        await using var world = await DemoWorld.StartAsync(port, isQuiet: false, cancellationToken);
        var page = world.Workspace.Url.AbsoluteUri;
        var screen = Screen();
        screen.MarkupLine("\n[bold]JitBroker demo[/]");
        screen.MarkupLineInterpolated($"[bold]Workspace[/] [link={page}]{page}[/]  open this");
        screen.MarkupLineInterpolated($"Service   {world.ServiceUrl}  takes the tokens");
        foreach (var target in world.Targets.Found)
            screen.MarkupLineInterpolated($"{target.Line}");
        screen.MarkupLineInterpolated($"Broker    {world.BrokerUrl}  JIT_URL for jit");
        screen.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"""

              1  As Ana, type        [blue]/access request {DemoCatalog.Logs} 30m INC-42 checkout is slow[/]
              2  As Bea, press       [blue]Approve[/]   in Slack or in Teams: both cards change
              3  In a terminal       [blue]dotnet run --project src/JitBroker.Cli -- --url {world.BrokerUrl} login[/]   then type what it shows, as Ana
              4  Collect the token   [blue]dotnet run --project src/JitBroker.Cli -- --url {world.BrokerUrl} creds {DemoCatalog.Logs}[/]   and paste it at the service
              5  As Ana, type        [blue]/access done[/]   and try the token again

            Ctrl-C ends it; nothing is kept.
            """);
        foreach (var absence in world.Targets.Absences)
            screen.MarkupLineInterpolated($"Not there: {absence}");
        world.StartLater(line => screen.MarkupLineInterpolated($"{line}"));
        await world.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static async Task<int> PlayAsync(CancellationToken cancellationToken)
    {
        var screen = new TourScreen(Screen());
        await using var world = await DemoWorld.StartAsync(preferred: null, isQuiet: true, cancellationToken);
        using var tour = new Tour(world, screen);
        try
        {
            await tour.PlayAsync(cancellationToken);
            screen.Finished();
            return 0;
        }
        catch (Exception e) when (e is TourException or Client.BrokerRefusedException or Client.BrokerUnreachableException or HttpRequestException)
        {
            screen.Failed(e.Message);
            return 1;
        }
    }
}
