using JitBroker.Catalog;
using JitBroker.Policy;

namespace JitBroker.Server.Settings;

/// <summary>Everything the operator says (contract §2), checked as a whole. <c>appsettings.sample.json</c> shows every key with its default.</summary>
public sealed record BrokerSettings
{
    public required BrokerSection Broker { get; init; }

    public required DatabaseSection Database { get; init; }

    public required SlackSection Slack { get; init; }

    public required TeamsSection Teams { get; init; }

    public required AuditSection Audit { get; init; }

    public required SigningSection Signing { get; init; }

    public required ScimSection Scim { get; init; }

    /// <summary>Where references of settings and catalog are followed.</summary>
    public required SecretResolver Secrets { get; init; }
}

/// <summary><c>Broker</c>: what everything shares.</summary>
public sealed record BrokerSection
{
    /// <summary>Where people and verifiers reach the broker; the <c>iss</c> of its tokens. No slash at its end.</summary>
    public required Uri PublicUrl { get; init; }

    /// <summary>A file, or a folder of files. Absolute.</summary>
    public required string Catalog { get; init; }

    /// <summary>The default wait for a decision, and the ceiling of every duration.</summary>
    public required BrokerLimits Ceilings { get; init; }

    /// <summary>Endpoints may be moved off the vendors' hosts. For tests and the demo.</summary>
    public required bool AllowTestEndpoints { get; init; }

    /// <summary>Whose <c>X-Forwarded-For</c> is believed.</summary>
    public required IReadOnlyList<System.Net.IPNetwork> TrustedProxies { get; init; }

    public required AskLimits Limits { get; init; }
}

/// <summary><c>Database</c>.</summary>
public sealed record DatabaseSection
{
    public required bool IsPostgres { get; init; }

    /// <summary>References followed; may hold a password, so it is never shown.</summary>
    public required SettingSecret ConnectionString { get; init; }

    /// <summary>PostgreSQL without a pooler between, for LISTEN/NOTIFY; null when there is none.</summary>
    public required SettingSecret? DirectConnectionString { get; init; }
}

/// <summary><c>Slack</c>.</summary>
public sealed record SlackSection
{
    public required bool Enabled { get; init; }

    /// <summary><c>http</c> or <c>socket</c>.</summary>
    public required string Mode { get; init; }

    public required Uri ApiUrl { get; init; }

    /// <summary>Null when Slack is off.</summary>
    public required SettingSecret? BotToken { get; init; }

    /// <summary>For socket mode; null unless given.</summary>
    public required SettingSecret? AppToken { get; init; }

    public required IReadOnlyList<SettingSecret> SigningSecrets { get; init; }

    /// <summary>A delivery made to another app is refused. Empty: the signature or the socket alone says whose it is.</summary>
    public required string AppId { get; init; }

    /// <summary>Teams whose users are accepted; empty: the token's own.</summary>
    public required IReadOnlyList<string> Workspaces { get; init; }

    /// <summary>Empty: none.</summary>
    public required string Channel { get; init; }

    /// <summary>Empty: none.</summary>
    public required string BreakGlassChannel { get; init; }

    /// <summary>Empty: none.</summary>
    public required string OperationsChannel { get; init; }

    public required bool LinkByProfileEmail { get; init; }

    public required IReadOnlyList<string> EmailDomains { get; init; }
}

/// <summary><c>Audit</c>. <paramref name="AnchorFile"/> is absolute, or empty when there is none.</summary>
public sealed record AuditSection(string AnchorFile);

/// <summary><c>Signing</c>. <paramref name="KeysDirectory"/> is absolute.</summary>
public sealed record SigningSection(string KeysDirectory, TimeSpan RotateEvery);
