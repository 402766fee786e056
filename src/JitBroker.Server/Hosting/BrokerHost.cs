using System.Globalization;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Slack;
using JitBroker.Bots.Teams;
using JitBroker.Catalog;
using JitBroker.Catalog.Reloading;
using JitBroker.Issuers;
using JitBroker.Issuers.Aws;
using JitBroker.Issuers.Http;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuers.Kafka;
using JitBroker.Issuers.Postgres;
using JitBroker.Issuers.RabbitMq;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Scheduling;
using JitBroker.Server.Http;
using JitBroker.Server.Http.Documents;
using JitBroker.Server.Http.Endpoints;
using JitBroker.Server.Http.Views;
using JitBroker.Server.Pages;
using JitBroker.Server.Scim;
using JitBroker.Server.Settings;
using JitBroker.Storage;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Console;

namespace JitBroker.Server.Hosting;

/// <summary>The composition root: one broker from its settings. Reads neither environment nor command line.</summary>
public static class BrokerHost
{
    private static readonly TimeSpan SlowestHeaders = TimeSpan.FromSeconds(10);

    /// <summary>The broker, not yet started; starting it applies migrations and loads the keys before it listens.</summary>
    /// <exception cref="StartException">The database is in use, or would be made for a catalog that cannot be served under: the sentences to show.</exception>
    public static WebApplication Build(BrokerSettings settings, BrokerHostOptions? options = null)
    {
        options ??= new BrokerHostOptions();
        Opening.FirstCatalog(settings);
        var database = Opening.Database(settings);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "JitBroker.Server" });
        AddLogging(builder, options);
        Listen(builder, settings, options);
        AddBroker(builder.Services, settings, options, database);
        options.ConfigureServices?.Invoke(builder.Services);
        var app = builder.Build();
        UsePipeline(app, settings);
        MapAll(app);
        app.Lifetime.ApplicationStarted.Register(() => LogServing(app, settings));
        return app;
    }

    private static void LogServing(WebApplication app, BrokerSettings settings)
    {
        var catalog = app.Services.GetRequiredService<CatalogHolder>().Current;
        Log.Serving(
            app.Services.GetRequiredService<ILogger<Startup>>(), settings.Broker.PublicUrl, string.Join(", ", app.Urls), catalog.Hash[..12], catalog.Entitlements.Count, catalog.People.Count);
    }

    private static void AddLogging(WebApplicationBuilder builder, BrokerHostOptions options)
    {
        builder.Logging.AddSimpleConsole(console =>
        {
            (console.SingleLine, console.UseUtcTimestamp, console.ColorBehavior) = (true, true, LoggerColorBehavior.Disabled);
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning).AddFilter("System", LogLevel.Warning);
        // A failed start is told in sentences by whoever started it; what a background service dies of is critical and still logged.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        if (options.Configuration?.GetSection("Logging") is { } section && section.Exists())
            builder.Logging.AddConfiguration(section);
        options.ConfigureLogging?.Invoke(builder.Logging);
    }

    private static void Listen(WebApplicationBuilder builder, BrokerSettings settings, BrokerHostOptions options)
    {
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Handlers stop reading far below it; up to it the server swallows the rest, so that the caller hears why instead of a broken pipe.
            kestrel.Limits.MaxRequestBodySize = 16 * 1024 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.MaxRequestLineSize = 4 * 1024;
            kestrel.Limits.RequestHeadersTimeout = SlowestHeaders;
            kestrel.Limits.MaxConcurrentConnections = 10_000;
        });
        var own = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{settings.Broker.PublicUrl.Port}");
        builder.WebHost.UseUrls([.. options.Urls.Count > 0 ? options.Urls : [own]]);
    }

    private static void AddBroker(IServiceCollection services, BrokerSettings settings, BrokerHostOptions options, Database database)
    {
        var clock = options.Clock ?? NewClock();
        services
            .AddSingleton(settings)
            .AddSingleton(options)
            .AddSingleton(new DatabaseOwnerFactory(database))
            .AddSingleton(p => p.GetRequiredService<DatabaseOwnerFactory>().Take())
            .AddHostedService<Startup>()
            .AddCore(new CoreOptions(
                // Nothing may be asked for until the start has found the catalog in force.
                database, clock, CatalogSnapshot.Empty, settings.Broker.Ceilings, settings.Broker.Limits, options.Mint, Surfaces(settings), new Replica(Ids.New(clock.GetUtcNow())), settings.Audit.AnchorFile, settings.Secrets, settings.Scim.Names))
            .AddCatalogReload(new CatalogReloadOptions(settings.Broker.Catalog, Opening.CatalogOptions(settings), IsAlone: !settings.Database.IsPostgres))
            .AddSingleton(settings.Secrets)
            .AddSingleton<SecretLookup>(Lookup(settings))
            .AddJwtIssuer(new JwtOptions(settings.Broker.PublicUrl.AbsoluteUri, settings.Signing.KeysDirectory, settings.Signing.RotateEvery))
            .AddPostgresIssuer()
            .AddScim()
            .AddAwsIssuer()
            .AddRabbitMqIssuer()
            .AddHttpIssuer()
            .AddKafkaIssuer()
            .AddHttpApi(options.Rates);
        services.AddChatSurfaces(settings);
        if (options.Scheduling)
            services.AddScheduling(clock);
    }

    private static IServiceCollection AddHttpApi(this IServiceCollection services, CallRates rates) => services
        .AddSingleton(rates)
        .AddSingleton<Throttles>()
        .AddSingleton<Idempotent>()
        .AddSingleton<Readiness>()
        .AddSingleton<Revocabilities>()
        .AddSingleton<EntitlementView>()
        .AddSingleton<GrantView>()
        .AddPages()
        .AddRouting()
        .AddOpenApiDocs();

    private static void AddChatSurfaces(this IServiceCollection services, BrokerSettings settings)
    {
        services.AddChat(new ChatLinks(settings.Broker.PublicUrl));
        if (settings.Slack.Enabled)
            services.AddSlack(Slack(settings));
        if (settings.Teams.Enabled)
            services.AddTeams(Teams(settings));
    }

    private static SlackOptions Slack(BrokerSettings settings) => new()
    {
        Enabled = true,
        Mode = settings.Slack.Mode,
        ApiUrl = settings.Slack.ApiUrl,
        BotToken = () => settings.Slack.BotToken?.Current.Reveal() ?? "",
        AppToken = () => settings.Slack.AppToken?.Current.Reveal() ?? "",
        SigningSecrets = () => [.. settings.Slack.SigningSecrets.Select(s => s.Current.Reveal())],
        AppId = settings.Slack.AppId,
        Workspaces = settings.Slack.Workspaces,
        Channel = settings.Slack.Channel,
        BreakGlassChannel = settings.Slack.BreakGlassChannel,
        OperationsChannel = settings.Slack.OperationsChannel,
        LinkByProfileEmail = settings.Slack.LinkByProfileEmail,
        EmailDomains = settings.Slack.EmailDomains,
        AllowTestEndpoints = settings.Broker.AllowTestEndpoints,
    };

    private static TeamsOptions Teams(BrokerSettings settings) => new()
    {
        Enabled = true,
        AppId = settings.Teams.AppId,
        Tenants = settings.Teams.Tenants,
        ClientSecret = () => settings.Teams.ClientSecret?.Current.Reveal() ?? "",
        CertificatePath = settings.Teams.CertificatePath,
        Authority = settings.Teams.Authority,
        OpenIdMetadataUrl = settings.Teams.OpenIdMetadataUrl,
        ServiceHosts = settings.Teams.ServiceHosts,
        Channel = settings.Teams.Channel,
        BreakGlassChannel = settings.Teams.BreakGlassChannel,
        OperationsChannel = settings.Teams.OperationsChannel,
        AllowTestEndpoints = settings.Broker.AllowTestEndpoints,
    };

    internal static SecretLookup Lookup(BrokerSettings settings) => (string reference, out string problem) =>
    {
        var (secret, fault) = settings.Secrets.Resolve(reference);
        problem = fault ?? "";
        return secret?.Reveal();
    };

    private static ChatSurfaces Surfaces(BrokerSettings settings) => new(
    [
        .. settings.Slack.Enabled ? (ChatSurface[])[Slack(settings).ToSurface()] : [],
        .. settings.Teams.Enabled ? (ChatSurface[])[Teams(settings).ToSurface()] : [],
    ]);

    private static void UsePipeline(WebApplication app, BrokerSettings settings)
    {
        if (settings.Broker.TrustedProxies.Count > 0)
            app.UseForwardedHeaders(Forwarded(settings));
        app.UseMiddleware<ResponseHeaders>(settings.Broker.PublicUrl);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRouting();
        if (app.Services.GetRequiredService<CrashPoints>().AreOn)
            app.UseMiddleware<CrashMiddleware>();
        app.UseMiddleware<SessionMiddleware>();
    }

    private static ForwardedHeadersOptions Forwarded(BrokerSettings settings)
    {
        // Every hop must be a proxy of ours; the first address from the right that is none is the caller.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var network in settings.Broker.TrustedProxies)
            options.KnownIPNetworks.Add(network);
        return options;
    }

    private static void MapAll(WebApplication app)
    {
        app.MapGroup("/v1").WithMetadata(new NeedsSession()).MapMe().MapEntitlements().MapRequests().MapGrants().MapLeases().MapAudit().MapCatalog().MapTargets().MapIdentities();
        app.MapOAuth().MapWellKnown().MapHealth().MapAuthz().MapCollectPage();
        if (app.Services.GetService<SlackOptions>() is not null)
            app.MapSlack();
        if (app.Services.GetService<TeamsOptions>() is not null)
            app.MapTeams();
        app.MapScim();
        app.MapOpenApi();
    }

#pragma warning disable RS0030 // The one place where the host's clock comes in; BrokerClock takes its stopwatch and, but for SQLite, the database's time.
    internal static BrokerClock NewClock() => new(TimeProvider.System);
#pragma warning restore RS0030

    /// <summary>Registered as an instance the owner would never be disposed of; made by the container it is.</summary>
    private sealed class DatabaseOwnerFactory(Database database)
    {
        public DatabaseOwner Take() => new(database);
    }
}
