using JitBroker.Audit;
using JitBroker.Catalog.Kinds;
using JitBroker.Policy;

namespace JitBroker.Catalog.Loading;

/// <summary>Reads one entitlement; null when something it cannot do without is wrong.</summary>
internal sealed class EntitlementReader(IReadOnlyDictionary<string, IssuerDefinition> issuers, References references, CatalogChecks checks)
{
    private static readonly TimeSpan LongestPending = TimeSpan.FromDays(30);

    private readonly ApprovalReader _approvals = new(references, checks.Options);

    public Entitlement? Read(string name, Field field)
    {
        if (!Shapes.IsName(name, field) || field.Map("an entitlement { issuer, grants, eligible, approval, … }") is not { } map)
            return null;
        var issuer = Issuer(map.Need("issuer", "Name one of issuers."));
        var grants = Grants(map.Need("grants", "Say what it grants."), issuer);
        var pending = map.Take("pending")?.Duration(LongestPending) ?? checks.Options.Limits.PendingFor;
        var approvalField = map.Need("approval", "Say who decides, or write approval: auto.");
        var approval = approvalField is null ? null : _approvals.Read(approvalField, pending);
        var read = new Entitlement
        {
            Name = name,
            Title = map.Take("title")?.Text(100) ?? name,
            Issuer = issuer?.Name ?? "",
            Grants = grants ?? "",
            Risk = Risk(map.Take("risk")),
            Owner = Owner(map.Take("owner")),
            Hidden = map.Take("hidden")?.Bool() ?? false,
            Eligible = references.Groups(map.Need("eligible", "Name the groups that may ask.")),
            Duration = Duration(map.Take("duration")),
            PendingFor = pending,
            LeaseLimit = map.Take("leases")?.Integer(1, 20) ?? 3,
            Reason = Reason(map.Take("reason")),
            Channel = Channel(map.Take("channel")),
            Approval = approval ?? new ApprovalRule(null, []),
            MaxExtensions = Extensions(map.Take("extensions")),
            BreakGlass = BreakGlass(map.Take("breakGlass")),
        };
        map.Close();
        return issuer is null || grants is null || approval is null ? null : read;
    }

    /// <summary>A group of this catalog, or the address of a person.</summary>
    private string? Owner(Field? field) => field?.Node is YamlScalar scalar && scalar.Text.Contains('@', StringComparison.Ordinal) ? Shapes.EmailOf(field) : references.Group(field);

    private IssuerDefinition? Issuer(Field? field)
    {
        if (field?.Text() is not { } name)
            return null;
        if (issuers.TryGetValue(name, out var issuer))
            return issuer;
        field.Fault("is not an issuer of this catalog", NearestName.Of(name, issuers.Keys) is { } near ? $"Did you mean {near}?" : "Define it under issuers.");
        return null;
    }

    private string? Grants(Field? field, IssuerDefinition? issuer)
    {
        if (field?.Map("a map of grants") is not { } map || issuer is null || IssuerKinds.Find(issuer.Kind) is not { } kind)
            return null;
        var grants = kind.Grants(map, issuer.Name, checks);
        map.Close();
        return CanonicalJson.Of(grants);
    }

    private static Risk Risk(Field? field) => field?.OneOf("low", "medium", "high") switch
    {
        "medium" => Catalog.Risk.Medium,
        "high" => Catalog.Risk.High,
        _ => Catalog.Risk.Low,
    };

    /// <summary>Absent: at most the broker's ceiling, one hour by default, five minutes at least, each no longer than the next.</summary>
    private DurationLimits Duration(Field? field)
    {
        var ceiling = checks.Options.Limits.MaxDuration;
        var map = field?.Map("a map { min, default, max }");
        var (minField, defaultField, maxField) = (map?.Take("min"), map?.Take("default"), map?.Take("max"));
        map?.Close();
        var max = maxField?.Duration(ceiling, "Broker:MaxDuration") ?? ceiling;
        var usual = defaultField?.Duration(ceiling, "Broker:MaxDuration") ?? Least(TimeSpan.FromHours(1), max);
        var min = minField?.Duration(ceiling, "Broker:MaxDuration") ?? Least(TimeSpan.FromMinutes(5), usual);
        if (usual > max)
            defaultField?.Fault($"is above max ({Durations.Short(max)})", "Lower it, or raise max.");
        if (min > max)
            minField?.Fault($"is above max ({Durations.Short(max)})", "Lower it, or raise max.");
        else if (min > usual && defaultField is not null)
            minField?.Fault($"is above default ({Durations.Short(usual)})", "Lower it, or raise default.");
        return new DurationLimits(min, usual > min ? usual : min, max);
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    /// <summary>A reason rule that is written asks for a reason unless it says otherwise; without one a reason is welcome and not needed.</summary>
    private static ReasonRule Reason(Field? field)
    {
        if (field?.Map("a map { required, pattern, hint }") is not { } map)
            return new ReasonRule(false, null, null);
        var required = map.Take("required")?.Bool() ?? true;
        var patternField = map.Take("pattern");
        var pattern = patternField?.Text(500);
        if (pattern is not null && ReasonCheck.Compiled(pattern) is null)
            patternField!.Fault("is not a regular expression that can be matched without backtracking", "Correct it; look-around and back-references are not possible.");
        var hint = map.Take("hint")?.Text(150);
        map.Close();
        return new ReasonRule(required, pattern, hint);
    }

    private static ChannelRule Channel(Field? field)
    {
        if (field?.Map("a map { slack, teams }") is not { } map)
            return new ChannelRule(null, null);
        var rule = new ChannelRule(map.Take("slack")?.Text(Shapes.SlackChannel(), "a Slack channel id such as C0DATA"), map.Take("teams")?.Text(Shapes.TeamsChannel(), "a Teams channel id such as 19:abc@thread.tacv2"));
        map.Close();
        return rule;
    }

    private static int Extensions(Field? field)
    {
        if (field?.Map("a map { max }") is not { } map)
            return 0;
        var max = map.Need("max", "Say how many: max: 2.")?.Integer(0, 20) ?? 0;
        map.Close();
        return max;
    }

    private BreakGlassRule? BreakGlass(Field? field)
    {
        if (field?.Map("a map { eligible, max, review }") is not { } map)
            return null;
        var eligible = references.Groups(map.Need("eligible", "Name the groups that may take it."));
        var max = map.Need("max", "Emergency access has a hard limit: max: 30m.")?.Duration(checks.Options.Limits.MaxDuration, "Broker:MaxDuration");
        var review = map.Need("review", "Someone else reviews it: review: { group: security, within: 24h }.")?.Map("a map { group, within }");
        map.Close();
        var group = references.Group(review?.Need("group", "Name who reviews it."));
        var within = review?.Need("within", "Say how soon: within: 24h.")?.Duration(LongestPending);
        review?.Close();
        return max is null || group is null || within is null ? null : new BreakGlassRule(eligible, max.Value, group, within.Value);
    }
}
