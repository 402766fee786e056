using System.Text.Json;
using JitBroker.Issuing;

namespace JitBroker.Tests.Issuing;

/// <summary>
/// What every issuer must do, whatever its target. A concrete suite says how a credential is tried at the real target (by means that are not the
/// issuer's own) and how time passes there; this class plays the core: plan, commit, mint, end by the handle.
/// </summary>
public abstract class IssuerContract : IAsyncLifetime
{
    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>A new instance over the same target, knowing nothing of the others.</summary>
    protected abstract IIssuer NewIssuer();

    /// <summary>An order that can be met, for a new lease, whose grant ends well after its credential is tried.</summary>
    protected abstract IssueOrder NewOrder();

    /// <summary>Whether the target lets the holder of <paramref name="credential"/> in right now.</summary>
    protected abstract Task<bool> WorksAsync(Credential credential);

    /// <summary>Makes a mint that gets somewhere and fails: an effect at the target, no outcome for the core. What leaked of it, if anything did.</summary>
    protected abstract Task<Credential?> FailHalfWayAsync(IssueOrder order, MintPlan plan);

    /// <summary>Lets time pass until the credential is dead by the target's clock, the declared tolerance included.</summary>
    protected abstract Task LetExpireAsync(MintPlan plan);

    /// <summary>Lets the declared time of an eventual end pass.</summary>
    protected virtual Task LetTakeEffectAsync(RevocationHandle handle) => Task.CompletedTask;

    /// <summary>The core has moved the lease's row to active.</summary>
    protected virtual Task OnMintedAsync(IssueOrder order) => Task.CompletedTask;

    /// <summary>The core has moved the lease's row to revoking.</summary>
    protected virtual Task OnEndingAsync(IssueOrder order) => Task.CompletedTask;

    /// <summary>Names of what stands at the target for a lease, found by the lease's id alone; empty where a credential leaves no object.</summary>
    protected abstract Task<IReadOnlyList<string>> TracesAsync(string leaseId);

    /// <summary>The secret parts of a credential.</summary>
    protected abstract IReadOnlyList<string> SecretsOf(Credential credential);

    /// <summary>What the issuer itself works with: admin passwords, private keys.</summary>
    protected abstract IReadOnlyList<string> StandingSecrets { get; }

    /// <summary>Whether a live credential can be given a later end.</summary>
    protected virtual bool Prolongs => false;

    /// <summary>All that was logged, at Trace.</summary>
    protected abstract string LoggedText { get; }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_credential_works_until_it_is_ended_and_is_refused_after()
    {
        var issuer = NewIssuer();
        var order = NewOrder();
        var plan = issuer.Plan(order);

        var credential = await MintAsync(issuer, order, plan);
        Assert.True(await WorksAsync(credential));

        Assert.IsType<EndOutcome.Ended>(await EndAsync(issuer, order, plan));
        Assert.False(await WorksAsync(credential));
        Assert.Empty(await TracesAsync(order.LeaseId));
    }

    [Fact]
    public async Task Ending_twice_is_ended_both_times()
    {
        var issuer = NewIssuer();
        var order = NewOrder();
        var plan = issuer.Plan(order);
        await MintAsync(issuer, order, plan);

        Assert.IsType<EndOutcome.Ended>(await EndAsync(issuer, order, plan));
        Assert.IsType<EndOutcome.Ended>(await EndAsync(issuer, order, plan));
    }

    [Fact]
    public async Task Ending_what_was_never_minted_is_ended()
    {
        var issuer = NewIssuer();
        var order = NewOrder();

        Assert.IsType<EndOutcome.Ended>(await EndAsync(issuer, order, issuer.Plan(order)));
    }

    [Fact]
    public async Task A_mint_that_failed_half_way_is_cleaned_up_through_its_handle()
    {
        var order = NewOrder();
        var plan = NewIssuer().Plan(order);
        var leaked = await FailHalfWayAsync(order, plan);

        Assert.IsType<EndOutcome.Ended>(await EndAsync(NewIssuer(), order, plan));

        Assert.Empty(await TracesAsync(order.LeaseId));
        Assert.False(leaked is not null && await WorksAsync(leaked));
    }

    [Fact]
    public async Task The_stored_handle_alone_ends_it_at_an_instance_that_never_saw_it()
    {
        var minter = NewIssuer();
        var order = NewOrder();
        var plan = minter.Plan(order);
        var stored = plan.Handle.ToJson();
        var credential = await MintAsync(minter, order, plan);

        Assert.IsType<EndOutcome.Ended>(await EndAsync(NewIssuer(), order, plan with { Handle = RevocationHandle.FromJson(stored) }));

        Assert.False(await WorksAsync(credential));
    }

    [Fact]
    public async Task An_early_end_does_what_is_declared_and_neither_more_nor_less()
    {
        var issuer = NewIssuer();
        var order = NewOrder();
        var plan = issuer.Plan(order);
        var credential = await MintAsync(issuer, order, plan);

        await OnEndingAsync(order);
        var outcome = await issuer.EndAsync(plan.Handle, Token);
        await LetTakeEffectAsync(plan.Handle);

        var cannotBeUnsaid = plan.Handle.EarlyEnd == EarlyEnd.AtExpiry;
        Assert.Equal(cannotBeUnsaid, outcome is EndOutcome.Failed);
        Assert.Equal(cannotBeUnsaid, await WorksAsync(credential));
    }

    [Fact]
    public async Task What_is_bound_by_the_target_stops_there_although_the_broker_is_dead()
    {
        var issuer = NewIssuer();
        var order = NewOrder();
        var plan = issuer.Plan(order);
        var credential = await MintAsync(issuer, order, plan);

        await LetExpireAsync(plan);

        // Where the target has no clock of its own, the issuer says so.
        Assert.Equal(issuer.RevocabilityOf(order).Bound == EndBound.Broker, await WorksAsync(credential));
    }

    [Fact]
    public void What_is_declared_to_people_is_what_the_handle_keeps()
    {
        var issuer = NewIssuer();
        var order = NewOrder();

        var declared = issuer.RevocabilityOf(order);
        var plan = issuer.Plan(order);

        Assert.Equal(issuer.Kind, plan.Handle.Kind);
        Assert.Equal((declared.EarlyEnd, declared.Within, declared.SettleTime), (plan.Handle.EarlyEnd, plan.Handle.Within, plan.Handle.SettleTime));
        Assert.True(declared.EarlyEnd != EarlyEnd.Immediate || declared.Within == TimeSpan.Zero);
        Assert.NotEmpty(plan.Handle.Target);
        Assert.Matches(@"^[a-z].*[^.]$", declared.Text);
    }

    [Fact]
    public async Task A_plan_is_pure()
    {
        var order = NewOrder();

        var one = JsonSerializer.Serialize(NewIssuer().Plan(order));
        var other = JsonSerializer.Serialize(NewIssuer().Plan(order));

        Assert.Equal(one, other);
        Assert.Empty(await TracesAsync(order.LeaseId));
    }

    [Fact]
    public void Names_are_derived_from_the_lease()
    {
        var issuer = NewIssuer();
        var order = NewOrder();

        var handle = issuer.Plan(order).Handle.ToJson();
        var ofAnotherLease = issuer.Plan(NewOrder()).Handle.ToJson();

        Assert.Contains(order.LeaseId, handle, StringComparison.OrdinalIgnoreCase);
        Assert.NotEqual(handle, ofAnotherLease);
    }

    [Fact]
    public void A_credential_never_outlives_the_grant()
    {
        var issuer = NewIssuer();
        var order = NewOrder();
        foreach (var length in (int[])[1, 59, 61, 3_600, 86_400])
        {
            var short_ = order with { EndsAt = order.Now + TimeSpan.FromSeconds(length) + TimeSpan.FromMicroseconds(999_999) };
            Assert.InRange(issuer.Plan(short_).ExpiresAt, order.Now, short_.EndsAt);
        }
    }

    [Fact]
    public async Task No_secret_is_in_a_plan_a_text_an_error_or_the_log()
    {
        var issuer = NewIssuer();
        var order = NewOrder();
        var plan = issuer.Plan(order);
        var outcome = await issuer.MintAsync(order, plan, Token);
        var credential = Assert.IsType<MintOutcome.Minted>(outcome).Credential;
        await OnMintedAsync(order);
        var early = await issuer.EndAsync(plan.Handle, Token);
        var garbled = await issuer.EndAsync(plan.Handle with { Data = [] }, Token);
        var broken = await issuer.MintAsync(order with { Grants = "{" }, plan, Token);

        Assert.IsNotType<MintOutcome.Minted>(broken);
        Assert.IsType<EndOutcome.Failed>(garbled);
        Assert.Equal("***", credential.ToString());
        string[] texts = [plan.Handle.ToJson(), plan.ToString(), outcome.ToString(), early.ToString(), garbled.ToString(), broken.ToString(), issuer.RevocabilityOf(order).Text, LoggedText];
        foreach (var secret in SecretsOf(credential).Concat(StandingSecrets))
            Assert.All(texts, text => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_can_be_prolonged_works_past_its_first_end_and_no_longer_than_its_new_one()
    {
        var issuer = NewIssuer();
        Assert.Equal(Prolongs, issuer is IProlongs);
        if (issuer is not IProlongs prolongs)
            return;
        var order = NewOrder();
        var plan = issuer.Plan(order);
        var credential = await MintAsync(issuer, order, plan);
        var later = plan.ExpiresAt + TimeSpan.FromMinutes(10);

        Assert.Equal(new ProlongOutcome.Prolonged(later), await prolongs.ProlongAsync(plan.Handle, later, Token));
        Assert.Equal(new ProlongOutcome.Prolonged(later), await prolongs.ProlongAsync(plan.Handle, later, Token));

        await LetExpireAsync(plan);
        Assert.True(await WorksAsync(credential));
        await LetExpireAsync(plan with { ExpiresAt = plan.ExpiresAt });
        Assert.False(await WorksAsync(credential));
        Assert.IsType<EndOutcome.Ended>(await EndAsync(issuer, order, plan));
        Assert.False(await WorksAsync(credential));
    }

    [Fact]
    public async Task Prolonging_brings_nothing_back_that_has_ended()
    {
        if (NewIssuer() is not IProlongs prolongs)
            return;
        var issuer = NewIssuer();
        var order = NewOrder();
        var plan = issuer.Plan(order);
        var credential = await MintAsync(issuer, order, plan);
        await EndAsync(issuer, order, plan);

        Assert.IsType<ProlongOutcome.Gone>(await prolongs.ProlongAsync(plan.Handle, plan.ExpiresAt + TimeSpan.FromHours(1), Token));

        Assert.False(await WorksAsync(credential));
        Assert.Empty(await TracesAsync(order.LeaseId));
        Assert.IsType<ProlongOutcome.Failed>(await prolongs.ProlongAsync(plan.Handle with { Data = [] }, plan.ExpiresAt, Token));
    }

    private async Task<Credential> MintAsync(IIssuer issuer, IssueOrder order, MintPlan plan)
    {
        var outcome = await issuer.MintAsync(order, plan, Token);
        var minted = Assert.IsType<MintOutcome.Minted>(outcome);
        Assert.Equal(issuer.Kind, minted.Credential.Kind);
        await OnMintedAsync(order);
        return minted.Credential;
    }

    /// <summary>As the core does: the row first, then, for what cannot be unsaid, nothing before it is due.</summary>
    private async Task<EndOutcome> EndAsync(IIssuer issuer, IssueOrder order, MintPlan plan)
    {
        await OnEndingAsync(order);
        if (plan.Handle.EarlyEnd == EarlyEnd.AtExpiry)
            await LetExpireAsync(plan);
        var outcome = await issuer.EndAsync(plan.Handle, Token);
        await LetTakeEffectAsync(plan.Handle);
        return outcome;
    }
}
