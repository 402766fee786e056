namespace JitBroker.Server.Demo;

/// <summary>A real server to give access to, which the demo has only where its software is on the machine. Disposing stops it and deletes what it made.</summary>
internal interface IDemoTarget : IAsyncDisposable
{
    /// <summary>One line for the screen: what it is, where, and which entitlement leads there.</summary>
    string Line { get; }

    /// <summary>Its line under <c>issuers</c>.</summary>
    string Issuer { get; }

    /// <summary>Its entry under <c>entitlements</c>, indented by two.</summary>
    string Entitlement { get; }

    /// <summary>The value of a variable that <see cref="Issuer"/> refers to; null when it is not one of this target's.</summary>
    string? Secret(string name);
}

/// <summary>Starts one, or says in a sentence without a full stop why there is none.</summary>
/// <param name="broker">Where the broker will be.</param>
internal delegate Task<(IDemoTarget? Target, string Absence)> StartDemoTarget(Uri broker, CancellationToken cancellationToken);
