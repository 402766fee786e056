using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.Delivery;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground.Teams.Control;

/// <summary>What went over the wire, both ways. Tokens are not in it.</summary>
internal sealed class TeamsWireLog(ActivityLog activities, CallLog calls)
{
    public JsonObject Describe(int last) => new()
    {
        ["deliveries"] = new JsonArray([.. activities.All().TakeLast(last).Select(Delivery)]),
        ["calls"] = new JsonArray([.. calls.All().TakeLast(last).Select(Call)]),
    };

    private static JsonObject Delivery(ActivityRecord d) => new()
    {
        ["id"] = d.Id, ["at"] = Time(d.At), ["type"] = d.Type, ["url"] = d.Url.ToString(), ["body"] = Encoding.UTF8.GetString(d.Body), ["done"] = d.Outcome is not null,
        ["status"] = d.Outcome?.Status, ["failure"] = d.Outcome?.Failure, ["answer"] = d.Outcome?.Body, ["took_ms"] = Math.Round(d.Took.TotalMilliseconds, 1),
    };

    private static JsonObject Call(CallRecord c) => new()
    {
        ["at"] = Time(c.At), ["call"] = c.Method, ["arguments"] = c.Arguments.DeepClone(), ["status"] = c.Status, ["answer"] = c.Answer?.DeepClone(),
    };

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
