namespace JitBroker.Playground;

/// <summary>The accounts and channels of the example tenant: the people of the Slack workspace once more.</summary>
public static class PlaygroundTeamsDefaults
{
    /// <summary>ana, bea, cy, dan and eli.</summary>
    public static IReadOnlyList<PlaygroundTeamsPerson> People { get; } =
    [
        new("29:1ana-Qm9iX2FuYQ", new Guid("2b8f5a77-55d0-4b2e-8a42-1f0f4a0c9d10"), "ana", "Ana Diaz") { Email = "ana@example.com", Title = "Checkout engineer" },
        new("29:1bea-Qm9iX2JlYQ", new Guid("8d0c2f4e-3b7a-4f19-9c65-7e1a2b3c4d21"), "bea", "Bea Lindqvist") { Email = "bea@example.com", Title = "Data owner" },
        new("29:1cy-Qm9iX2N5", new Guid("b1a9e6d3-0f58-4c27-a4d2-5c6f7a8b9e32"), "cy", "Cy Okafor") { Email = "cy@example.com", Title = "Site reliability, on call" },
        new("29:1dan-Qm9iX2Rhbg", new Guid("f47e3c15-92ab-4d60-b8e9-1d2c3b4a5f43"), "dan", "Dan Moreau") { Email = "dan@example.com", Title = "Platform engineer" },
        new("29:1eli-Qm9iX2VsaQ", new Guid("6c58b0a4-7de1-4a93-85f7-9b8a7c6d5e54"), "eli", "Eli Nakamura") { Email = "eli@example.com", Title = "Security" },
    ];

    /// <summary>General, and the twins of the Slack channels for requests, emergencies and operations.</summary>
    public static IReadOnlyList<PlaygroundTeamsChannel> Channels { get; } =
    [
        new("19:general@thread.tacv2", "General") { Topic = "Everybody" },
        new("19:access-requests@thread.tacv2", "access-requests") { Topic = "Who asks for what, and who said yes" },
        new("19:break-glass@thread.tacv2", "break-glass") { Topic = "Emergency access: instant, loud, reviewed" },
        new("19:operations@thread.tacv2", "operations") { Topic = "What needs a hand" },
    ];

    /// <summary>What the bot understands, as its manifest lists it.</summary>
    public static IReadOnlyList<PlaygroundTeamsCommand> Commands { get; } =
    [
        new("request", "Ask for access"), new("mine", "My access and my requests"), new("pending", "What waits for me"), new("done", "End my access"), new("help", "What I understand"),
    ];

    /// <summary>What its manifest adds to the composer and to messages.</summary>
    public static IReadOnlyList<PlaygroundTeamsExtension> Extensions { get; } = [new("jit_request", "Request access"), new("jit_request_for", "Request access for this", OnMessage: true)];
}
