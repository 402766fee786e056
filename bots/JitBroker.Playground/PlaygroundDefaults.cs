namespace JitBroker.Playground;

/// <summary>The people and channels of the example workspace, the same as in the documents' examples.</summary>
public static class PlaygroundDefaults
{
    /// <summary>ana, bea, cy, dan and eli.</summary>
    public static IReadOnlyList<PlaygroundPerson> People { get; } =
    [
        new("U0ANA", "ana", "Ana Diaz") { Email = "ana@example.com", Title = "Checkout engineer" },
        new("U0BEA", "bea", "Bea Lindqvist") { Email = "bea@example.com", Title = "Data owner" },
        new("U0CY", "cy", "Cy Okafor") { Email = "cy@example.com", Title = "Site reliability, on call" },
        new("U0DAN", "dan", "Dan Moreau") { Email = "dan@example.com", Title = "Platform engineer" },
        new("U0ELI", "eli", "Eli Nakamura") { Email = "eli@example.com", Title = "Security" },
    ];

    /// <summary>Where requests, emergencies and operations are told; in #general the bot is not a member.</summary>
    public static IReadOnlyList<PlaygroundChannel> Channels { get; } =
    [
        new("C0ACCESS", "access-requests") { Topic = "Who asks for what, and who said yes" },
        new("C0BREAK", "break-glass") { Topic = "Emergency access: instant, loud, reviewed" },
        new("C0OPS", "operations") { Topic = "What needs a hand" },
        new("C0GEN", "general") { Topic = "Everybody", BotIsMember = false },
        new("C0SHARE", "partner-acme") { Topic = "Shared with Acme", IsExtShared = true },
    ];
}
