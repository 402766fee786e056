using JitBroker.Playground.Chaos;
using JitBroker.Playground.Control;
using JitBroker.Playground.State;
using JitBroker.Playground.Teams.Connector;
using JitBroker.Playground.Teams.Control;
using JitBroker.Playground.Teams.Delivery;
using JitBroker.Playground.Teams.State;
using JitBroker.Playground.Teams.Tokens;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground;

/// <summary>The tenant beside the Slack workspace: the Bot Framework's keys, the token endpoint, the connector, and what its people do.</summary>
public sealed class PlaygroundTeams : IAsyncDisposable
{
    private readonly Func<Uri> _origin;
    private readonly Tenant _tenant;
    private readonly BotFramework _framework;
    private readonly BotDelivery _bot;
    private readonly ActivityChaos _chaos;
    private readonly Refresher _refresher;
    private readonly Installs _installs;
    private readonly TokenEndpoint _tokens;
    private readonly ConnectorEndpoint _connector;
    private readonly TeamsControl _control;

    internal PlaygroundTeams(PlaygroundOptions options, Changes changes, ChaosSwitch chaos, Func<Uri> origin)
    {
        _origin = origin;
        _tenant = new Tenant(options, changes);
        _framework = new BotFramework(_tenant, origin);
        var (log, calls, faults, given) = (new ActivityLog(), new CallLog(), new Faults(), new AccessTokens(options.Clock));
        _bot = new BotDelivery(_tenant, _framework, log);
        _chaos = new ActivityChaos(_bot, chaos, _tenant);
        var activities = new Activities(_tenant, _framework);
        _refresher = new Refresher(_tenant, activities, _chaos);
        var trouble = new CallTrouble(_tenant, faults, new CallFaults(chaos), calls);
        _tokens = new TokenEndpoint(_tenant, given, origin, trouble);
        var sending = new ActivityCalls(_tenant, _refresher);
        _connector = new ConnectorEndpoint(_tenant, given, trouble, new ConversationCalls(_tenant, _framework, sending), sending, new MemberCalls(_tenant, sending));
        _installs = new Installs(_tenant, activities, _chaos);
        var dialogs = new DialogSteps(_tenant, activities, _chaos);
        _control = new TeamsControl(_tenant, new TeamsState(_tenant), new TeamsWireLog(log, calls), new TeamsComposer(_tenant, activities, _chaos),
            new CardPresses(_tenant, activities, _chaos, _refresher, dialogs), dialogs, _installs, new TeamsTesting(_tenant, activities, _bot, _framework, log), new TeamsTroubles(_tenant, faults, chaos, given));
    }

    /// <summary>What it was started with; a client secret that was not given is here.</summary>
    public PlaygroundTeamsOptions Options => _tenant.Options;

    /// <summary>The value of <c>Teams:Authority</c>: tokens come from <c>{tenant}/oauth2/v2.0/token</c> below it.</summary>
    public Uri Authority => _origin();

    /// <summary>The value of <c>Teams:OpenIdMetadataUrl</c>.</summary>
    public Uri OpenIdMetadataUrl => new(_origin(), "teams/v1/.well-known/openidconfiguration");

    /// <summary>The connector's base, as activities carry it.</summary>
    public Uri ServiceUrl => new(_framework.ServiceUrl);

    /// <summary>The bot's messaging endpoint; null: not connected.</summary>
    public Uri? MessagesUrl { get => _tenant.MessagesUrl; set => _tenant.MessagesUrl = value; }

    /// <summary>Adds the app to the team and to everybody's chat, and tells the bot; false when it did not take all that it was told.</summary>
    public async Task<bool> InstallAsync(CancellationToken ct = default) => (await _installs.InstallAsync(new ControlRequest([]), ct)).Body["ok"]?.GetValue<bool>() == true;

    /// <summary>Waits for what is under way and gives up what is to come.</summary>
    public async ValueTask DisposeAsync()
    {
        await _refresher.DisposeAsync();
        await _chaos.DisposeAsync();
        _bot.Dispose();
        _framework.Dispose();
    }

    internal void Map(IEndpointRouteBuilder routes)
    {
        _framework.Map(routes);
        _tokens.Map(routes);
        _connector.Map(routes);
        _control.Map(routes);
    }
}
