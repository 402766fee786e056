namespace JitBroker.People;

/// <summary>Where an act came from. Text forms are those of the HTTP API.</summary>
public enum Surface
{
    Slack,
    Teams,
    Api,
    Cli,
    Web,
    System,
}

/// <summary>
/// A proven account of a person on a surface: (slack, team, user), (teams, tenant, object id), (oidc, issuer, subject).
/// Compared exactly: ids are case-sensitive.
/// </summary>
public sealed record Identity(string Surface, string Tenant, string Id);
