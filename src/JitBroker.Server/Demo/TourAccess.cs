using System.Globalization;
using JitBroker.Client;

namespace JitBroker.Server.Demo;

/// <summary>What every chapter about a target has in common: Ana asks in chat, Bea approves, and Ana gives it back in chat.</summary>
internal sealed class TourAccess(TourScreen screen, string channel, Colleague ana, Colleague bea, BrokerClient terminal)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    public BrokerClient Terminal => terminal;

    /// <summary>The broker takes an entitlement over by itself, as any change of its catalog, within seconds.</summary>
    /// <exception cref="TourException">It did not.</exception>
    public async Task OfferedAsync(string entitlement, CancellationToken cancellationToken)
    {
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Glance)
        {
            if ((await terminal.ListEntitlementsAsync(cancellationToken, limit: 200)).Value.Items.Any(e => e.Name == entitlement))
                return;
            await Task.Delay(Glance, cancellationToken);
        }

        throw new TourException($"{entitlement} was not in force within {Patience.TotalSeconds:0} s of its entry in the catalog.");
    }

    /// <param name="ticket">One that no other chapter uses: by it the card is known.</param>
    /// <returns>The id of the grant.</returns>
    /// <exception cref="TourException">There is none.</exception>
    public async Task<string> GrantAsync(string entitlement, string ticket, string why, CancellationToken cancellationToken)
    {
        var command = $"/access request {entitlement} 10m {ticket} {why}";
        await ana.TypeAsync(channel, command, cancellationToken);
        var card = await bea.SeesAsync(channel, $"the card of {ticket}", m => m.ButtonValue("approve") is not null && m.Says(ticket), cancellationToken);
        var request = card.ButtonValue("approve")!;
        await bea.PressAsync(channel, card, "approve", request, cancellationToken);
        await bea.SeesAsync(channel, "the approved card", m => m.Ts == card.Ts && m.Says("Approved by Bea"), cancellationToken);
        screen.Says(command, "is approved by Bea");
        return (await terminal.GetRequestAsync(request, cancellationToken)).Value.Grant?.Id ?? throw new TourException("Bea's approval made no grant.");
    }

    /// <summary>Comes back when the end is verified.</summary>
    /// <param name="meanwhile">For the screen: what goes on while it ends.</param>
    /// <exception cref="TourException">It was not in time.</exception>
    public async Task DoneAsync(string grant, string meanwhile, CancellationToken cancellationToken)
    {
        await ana.TypeAsync(channel, $"/access done {grant}", cancellationToken);
        for (var waited = TimeSpan.Zero; waited < Patience; waited += Glance)
        {
            if ((await terminal.GetGrantAsync(grant, cancellationToken)).Value is { State: GrantState.Ended } ended)
            {
                screen.Says("/access done", $"ends it {meanwhile}; verified at {ended.VerifiedEndAt!.Value.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}");
                return;
            }

            await Task.Delay(Glance, cancellationToken);
        }

        throw new TourException($"The end of {grant} was not verified within {Patience.TotalSeconds:0} s.");
    }
}
