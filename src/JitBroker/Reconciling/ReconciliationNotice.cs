using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Reconciling;

/// <summary>What operations are told of a look, as a delivery carries it.</summary>
/// <param name="Lines">The first findings, in sentences.</param>
/// <param name="Count">How many there are in all.</param>
/// <param name="EndedAgain">Incidents: they stood although they were revoked, and are being ended again.</param>
/// <param name="OverBudget">How many would have to be ended again, when they are more than the budget.</param>
public sealed record ReconciliationNotice(string Issuer, IReadOnlyList<string> Lines, int Count, int EndedAgain, int OverBudget, int Budget)
{
    /// <summary>Findings told in full.</summary>
    public const int Told = 10;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static ReconciliationNotice Of(string issuer, LookResult result)
    {
        var told = result.Findings.Where(f => f.IsNews).OrderByDescending(f => f.Kind == Finding.Standing).ToList();
        return new ReconciliationNotice(issuer, [.. told.Take(Told).Select(f => f.Text)], told.Count, result.EndedAgain, result.OverBudget, result.Budget);
    }

    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, Options)!.AsObject();

    /// <summary>Null when it cannot be read.</summary>
    public static ReconciliationNotice? FromText(string data)
    {
        try
        {
            return JsonSerializer.Deserialize<ReconciliationNotice>(data, Options) is { Issuer: not null, Lines: not null } read ? read : null;
        }
        catch (JsonException)
        {
            // Written by another build; a notice that cannot be read is not worth failing for.
            return null;
        }
    }
}
