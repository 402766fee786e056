namespace JitBroker.Playground.Delivery;

/// <summary>Where the app listens; settable while running, since app and workspace each need the other's address.</summary>
internal sealed class AppAddresses(PlaygroundOptions options)
{
    public Uri? Events { get; set; } = options.EventsUrl;
    public Uri? Commands { get; set; } = options.CommandsUrl;
    public Uri? Interactions { get; set; } = options.InteractionsUrl;

    public Uri? For(DeliveryKind kind) => kind switch
    {
        DeliveryKind.Command => Commands ?? Events,
        DeliveryKind.Interaction => Interactions ?? Events,
        DeliveryKind.Event => Events ?? Interactions ?? Commands,
    };
}
