using JitBroker.Audit;
using JitBroker.Catalog;
using JitBroker.Catalog.AccessReview;
using JitBroker.Grants;
using JitBroker.Issuing;
using JitBroker.Leases;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.People.OnCall;
using JitBroker.People.Scim;
using JitBroker.People.SignIn;
using JitBroker.Policy;
using JitBroker.Reconciling;
using JitBroker.Requests;
using JitBroker.Reviews;
using JitBroker.Scheduling;
using JitBroker.Storage;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace JitBroker;

/// <summary>What the host must say about this broker.</summary>
/// <param name="Clock">The only source of now: a <see cref="BrokerClock"/>, or a test's clock.</param>
/// <param name="Replica">This process among its replicas.</param>
/// <param name="AnchorFile">Absolute; empty: none.</param>
/// <param name="ScimClients">Who pushes people here; null: nobody.</param>
/// <param name="Secrets">Where references of the catalog lead; null: the process's environment and files from its folder.</param>
public sealed record CoreOptions(
    Database Database,
    TimeProvider Clock,
    CatalogSnapshot Catalog,
    BrokerLimits Limits,
    AskLimits AskLimits,
    MintOptions Mint,
    ChatSurfaces Surfaces,
    Replica Replica,
    string AnchorFile = "",
    SecretResolver? Secrets = null,
    ScimClients? ScimClients = null);

/// <summary>Registration of the core, slice by slice. Everything in it is stateless but the holders of the catalog and the lanes.</summary>
public static class CoreServices
{
    public static IServiceCollection AddCore(this IServiceCollection services, CoreOptions options) =>
        services
            .AddSingleton(options.Database)
            .AddSingleton(options.Database.CrashPoints)
            .AddSingleton(options.Clock)
            .AddSingleton(provider => new CatalogHolder(options.Catalog, provider.GetRequiredService<PeopleBook>()))
            .AddSingleton(options.Secrets ?? SecretResolver.OfProcess())
            .AddOnCall()
            .AddPeople(options.ScimClients ?? ScimClients.None)
            .AddSingleton<CatalogStore>()
            .AddSingleton<AcceptCatalog>()
            .AddSingleton<UseStore>()
            .AddSingleton<ReviewAccess>()
            .AddSingleton<TellOwners>()
            .AddSingleton(options.Limits)
            .AddSingleton(options.AskLimits)
            .AddSingleton(options.Mint)
            .AddSingleton(options.Surfaces)
            .AddSingleton(options.Replica)
            .AddSingleton(new AnchorOptions(options.AnchorFile))
            .AddSingleton<Wakeups>()
            .AddSingleton<IssuerRegistry>()
            .AddAudit()
            .AddOutbox()
            .AddRequests()
            .AddGrants()
            .AddLeases()
            .AddReconciling()
            .AddReviews()
            .AddSignIn();

    /// <summary>The alarm clock and the sweeps. Without it nothing moves by itself: tests ring the sweeps themselves.</summary>
    public static IServiceCollection AddScheduling(this IServiceCollection services, TimeProvider clock)
    {
        services
            .AddSweep<StartDueGrants>(Sweep.StartGrants, static (start, token) => start.RunAsync(token))
            .AddSweep<EndDueGrants>(Sweep.EndGrants, static (end, token) => end.RunAsync(token))
            .AddSweep<RevokeDueLeases>(Sweep.RevokeLeases, static (revoke, token) => revoke.RunAsync(token))
            .AddSweep<ProlongDueLeases>(Sweep.ProlongLeases, static (prolong, token) => prolong.RunAsync(token))
            .AddSweep<LapseRequests>(Sweep.LapseRequests, static (lapse, token) => lapse.RunAsync(token))
            .AddSweep<NudgeRequests>(Sweep.NudgeRequests, static (nudge, token) => nudge.RunAsync(token))
            .AddSweep<TellOwners>(Sweep.TellOwners, static (tell, token) => tell.RunAsync(token))
            .AddSweep<RemindReviews>(Sweep.RemindReviews, static (remind, token) => remind.RunAsync(token))
            .AddSweep<DeliverOutbox>(Sweep.DeliverOutbox, static (deliver, token) => deliver.RunAsync(token))
            .AddSingleton<ISweep, SealAuditSweep>()
            .AddSweep<ReconcileTargets>(Sweep.Reconcile, static (reconcile, token) => reconcile.RunAsync(token))
            .AddSingleton<ISweep, PruneSweep>()
            .AddSingleton<AlarmClock>()
            .AddHostedService(provider => provider.GetRequiredService<AlarmClock>())
            .AddHostedService<LetGoAtStop>();
        if (clock is BrokerClock)
            services.AddSingleton(_ => (BrokerClock)clock).AddHostedService<ClockSync>();
        services.AddQuartz(quartz => quartz.UseTimeProvider(clock));
        return services.AddQuartzHostedService(quartz => quartz.WaitForJobsToComplete = true);
    }

    private static IServiceCollection AddAudit(this IServiceCollection services) =>
        services
            .AddSingleton<EventStore>()
            .AddSingleton<Refusals>()
            .AddSingleton<ChainStore>()
            .AddSingleton<SealEvents>()
            .AddSingleton<TakeCheckpoints>()
            .AddSingleton<AnchorFile>()
            .AddSingleton<AuditReader>()
            .AddSingleton<ExportAudit>();

    private static IServiceCollection AddOutbox(this IServiceCollection services) =>
        services.AddSingleton<OutboxStore>().AddSingleton<CopyStore>().AddSingleton<InboxStore>().AddSingleton<ConversationStore>().AddSingleton<Announcer>().AddSingleton<DeliverOutbox>();

    private static IServiceCollection AddRequests(this IServiceCollection services) =>
        services
            .AddSingleton<RequestStore>()
            .AddSingleton<IdempotencyStore>()
            .AddSingleton<RequestReader>()
            .AddSingleton<SettleRequest>()
            .AddSingleton<OpenRequest>()
            .AddSingleton<SubmitRequest>()
            .AddSingleton<SubmitExtension>()
            .AddSingleton<TakeBreakGlass>()
            .AddSingleton<DecideRequest>()
            .AddSingleton<CancelRequest>()
            .AddSingleton<LapseRequests>()
            .AddSingleton<NudgeRequests>()
            .AddSingleton<UsualWaits>();

    private static IServiceCollection AddGrants(this IServiceCollection services) =>
        services
            .AddSingleton<GrantStore>()
            .AddSingleton<OpenGrant>()
            .AddSingleton<ExtendGrant>()
            .AddSingleton<EndGrant>()
            .AddSingleton<EndDueGrants>()
            .AddSingleton<StartDueGrants>();

    private static IServiceCollection AddReconciling(this IServiceCollection services) =>
        services
            .AddSingleton<ReconciliationStore>()
            .AddSingleton<TargetLists>()
            .AddSingleton<LookAtTarget>()
            .AddSingleton<ReconcileTargets>()
            .AddSingleton<RunReconciliation>()
            .AddSingleton<ReadReconciliations>();

    private static IServiceCollection AddReviews(this IServiceCollection services) =>
        services
            .AddSingleton<ReviewStore>()
            .AddSingleton<ReviewGrant>()
            .AddSingleton<LiftReview>()
            .AddSingleton<RemindReviews>();

    private static IServiceCollection AddLeases(this IServiceCollection services) =>
        services
            .AddSingleton<LeaseStore>()
            .AddSingleton<DueLeaseStore>()
            .AddSingleton<ProlongStore>()
            .AddSingleton<LaneStore>()
            .AddSingleton<Lanes>()
            .AddSingleton<MintGates>()
            .AddSingleton<HoldDueLeases>()
            .AddSingleton<TroubledTargets>()
            .AddSingleton<LeaseMoves>()
            .AddSingleton<MintLease>()
            .AddSingleton<RecordEnds>()
            .AddSingleton<RevokeLease>()
            .AddSingleton<MoveOverdueLeases>()
            .AddSingleton<StuckLeases>()
            .AddSingleton<RetryLease>()
            .AddSingleton<AbandonLease>()
            .AddSingleton<RevokeDueLeases>()
            .AddSingleton<ProlongLease>()
            .AddSingleton<ProlongDueLeases>();
}
