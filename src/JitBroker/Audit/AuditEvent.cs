using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.People;

namespace JitBroker.Audit;

/// <summary>
/// One fact, written in the transaction of the change it tells of. (aggregate id, version) is unique and without holes: a change bumps its
/// aggregate's version by one per event. Refusals are aggregates of their own with the single version 1.
/// </summary>
public sealed record AuditEvent
{
    public required string Id { get; init; }

    /// <summary><c>request</c>, <c>grant</c>, <c>lease</c>, <c>review</c>, <c>session</c>, <c>refusal</c>, <c>catalog</c>, <c>signing_key</c>, <c>aws_role</c>, <c>audit</c>, <c>scim_user</c>, <c>scim_group</c>, <c>link</c>, <c>identity</c>.</summary>
    public required string Aggregate { get; init; }

    public required string AggregateId { get; init; }

    public required int Version { get; init; }

    /// <summary>What happened, past tense: <c>request.approved</c>.</summary>
    public required string Type { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Canonical e-mail; null when the broker itself acted.</summary>
    public string? Actor { get; init; }

    public required string Surface { get; init; }

    /// <summary>The request this belongs to, where there is one: what a history is gathered by.</summary>
    public string? About { get; init; }

    /// <summary>Details as JSON; never a secret.</summary>
    public required string Data { get; init; }

    /// <summary>Its place in the chain; null until it is sealed, about a second after its commit.</summary>
    public long? Seq { get; init; }

    /// <summary>See <see cref="Chain"/>; null until it is sealed.</summary>
    public string? Hash { get; init; }

    /// <summary>An event by a person.</summary>
    public static AuditEvent By(Actor actor, string aggregate, string id, int version, string type, DateTimeOffset at, string? about, JsonObject? data = null)
    {
        var details = data ?? [];
        if (actor.Via is not null)
            details["via"] = actor.Via;
        return Of(actor.Email, actor.Surface.ToText(), aggregate, id, version, type, at, about, details);
    }

    /// <summary>An event by the broker itself: a clock, a sweep, a rule.</summary>
    public static AuditEvent BySystem(string aggregate, string id, int version, string type, DateTimeOffset at, string? about, JsonObject? data = null) =>
        Of(null, People.Surface.System.ToText(), aggregate, id, version, type, at, about, data ?? []);

    private static AuditEvent Of(string? actor, string surface, string aggregate, string id, int version, string type, DateTimeOffset at, string? about, JsonObject data) =>
        new()
        {
            Id = Ids.New(at),
            Aggregate = aggregate,
            AggregateId = id,
            Version = version,
            Type = type,
            At = at,
            Actor = actor,
            Surface = surface,
            About = about,
            Data = data.ToJsonString(JsonSerializerOptions.Default),
        };
}
