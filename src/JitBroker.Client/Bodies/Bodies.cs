using System.Text.Json.Serialization;

namespace JitBroker.Client;

// Durations travel as text here: what cannot be read is the caller's fault to be told about (422 invalid_duration), not a malformed call.

/// <summary>Body of <c>POST /v1/requests</c>. Exactly one of <see cref="Entitlement"/> and <see cref="Bundle"/>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SubmitBody
{
    /// <summary>The entitlement's name, or null with a bundle.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Entitlement { get; init; }

    /// <summary>The bundle's name, or null with an entitlement.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bundle { get; init; }

    /// <summary>As <see cref="Durations"/> reads it; null takes the entitlement's default.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Duration { get; init; }

    /// <summary>Why; null only where the entitlement asks for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Start later, or null: when it is approved.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>Take it now, without approval, loudly.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? BreakGlass { get; init; }

    /// <summary>With <see cref="BreakGlass"/>: the incident it is for, such as <c>INC-77</c>. Null: the ticket that stands in the reason, if any.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Incident { get; init; }

    /// <summary>With <see cref="BreakGlass"/>: an own request for the same that waits, to be withdrawn in its favour. Null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Escalates { get; init; }

    /// <summary>Only tell what would happen; nothing is stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? DryRun { get; init; }
}

/// <summary>Body of <c>POST /v1/requests/{id}/decisions</c>. A denial needs <see cref="Comment"/>; <see cref="Duration"/> narrows an approval.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record DecideBody
{
    /// <summary>Approve or deny.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>The approver's words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Comment { get; init; }

    /// <summary>A shorter duration, as <see cref="Durations"/> reads it; null approves what was asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Duration { get; init; }
}

/// <summary>Body of <c>POST /v1/grants/{id}/end</c>: the reason is required of anybody but the holder.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record EndBody
{
    /// <summary>Why, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>Body of <c>POST /v1/grants/{id}/extensions</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ExtendBody
{
    /// <summary>How much more, as <see cref="Durations"/> reads it.</summary>
    public required string Duration { get; init; }

    /// <summary>Why; null only where the entitlement asks for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>Body of <c>POST /v1/grants/{id}/review</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReviewBody
{
    /// <summary>What the reviewer found.</summary>
    public required ReviewVerdict Verdict { get; init; }

    /// <summary>The reviewer's words.</summary>
    public required string Comment { get; init; }

    /// <summary>Say the same of every other access of its incident that waits for the caller's review.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? WholeIncident { get; init; }
}

/// <summary>Body of <c>POST /v1/grants/{id}/review/lift</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LiftBody
{
    /// <summary>Why its taker may have the next emergency access all the same.</summary>
    public required string Reason { get; init; }
}

/// <summary>Body of <c>POST /v1/leases/{id}/retry</c> (reason optional) and <c>…/abandon</c> (reason required).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LeaseBody
{
    /// <summary>Why, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }
}

/// <summary>Body of <c>POST /v1/catalog/check</c>: the files of one catalog, merged as the broker would.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CatalogCheckBody
{
    /// <summary>At least one file.</summary>
    public required IReadOnlyList<CatalogFile> Files { get; init; }
}

/// <summary>One YAML file: <paramref name="Path"/> is only for naming it in problems, nothing is opened by it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CatalogFile(string Path, string Text);

/// <summary>Body of <c>POST /v1/catalog/diff</c>: the files of two catalogs.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CatalogDiffBody
{
    /// <summary>As it was; no file is an empty catalog.</summary>
    public required IReadOnlyList<CatalogFile> Old { get; init; }

    /// <summary>As it is to be.</summary>
    public required IReadOnlyList<CatalogFile> New { get; init; }
}

/// <summary>Body of <c>POST /v1/catalog/accept</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CatalogAcceptBody
{
    /// <summary>The catalog's hash, or at least 6 digits that only one begins with.</summary>
    public required string Hash { get; init; }
}

/// <summary>Body of <c>POST /v1/reconciliations/{issuer}</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ReconciliationBody
{
    /// <summary>Look only; end nothing.</summary>
    public required bool DryRun { get; init; }

    /// <summary>Most ends that may be begun again, 1 to 1000; null for the sweep's own 20.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Budget { get; init; }
}
