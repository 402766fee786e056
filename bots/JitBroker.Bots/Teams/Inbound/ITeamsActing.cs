using System.Text.Json.Nodes;

namespace JitBroker.Bots.Teams;

/// <summary>What an activity makes the broker do. Called with accepted activities of accepted tenants only; who their sender is, it asks of <see cref="TeamsPeople"/>.</summary>
internal interface ITeamsActing
{
    /// <summary>
    /// Answers an invoke within its call, from memory and the database. Its answer is stored so that a redelivery gets the same one: in the transaction of an effect where there is one
    /// (<c>inbox.FinishAsync(session, activity.DeliveryId, answer.ToStored(), …)</c>), otherwise afterwards by whoever called.
    /// </summary>
    Task<TeamsAnswer> InvokeAsync(TeamsActivity activity, CancellationToken cancellationToken);

    /// <summary>Works on a message, after it was acknowledged; again when that failed. Finishes its inbox row in the transaction of its effect.</summary>
    Task MessageAsync(TeamsActivity activity, CancellationToken cancellationToken);
}

/// <summary>The answer to an invoke.</summary>
/// <param name="Status">Of the HTTP answer.</param>
/// <param name="Body">Null: empty.</param>
internal sealed record TeamsAnswer(int Status, JsonObject? Body)
{
    public static TeamsAnswer Empty { get; } = new(200, null);

    /// <summary>As the inbox keeps it.</summary>
    public string ToStored() => new JsonObject { ["status"] = Status, ["body"] = Body?.DeepClone() }.ToJsonString();

    public static TeamsAnswer OfStored(string? stored)
    {
        if (stored is null || JsonNode.Parse(stored) is not JsonObject kept)
            return Empty;
        return new TeamsAnswer((int)kept["status"]!, kept["body"]?.DeepClone() as JsonObject);
    }
}
