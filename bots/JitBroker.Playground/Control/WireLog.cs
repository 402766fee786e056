using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground.Control;

/// <summary>What went over the wire, both ways, for tests and the page's drawer. Tokens and signatures' keys are not in it.</summary>
internal sealed class WireLog(DeliveryLog deliveries, CallLog calls)
{
    public JsonObject Describe(int last) => new()
    {
        ["deliveries"] = new JsonArray([.. deliveries.All().TakeLast(last).Select(Delivery)]),
        ["calls"] = new JsonArray([.. calls.All().TakeLast(last).Select(Call)]),
    };

    private static JsonObject Delivery(DeliveryRecord d) => new()
    {
        ["id"] = d.Id,
        ["at"] = Time(d.At),
        ["kind"] = d.Kind.ToString().ToLowerInvariant(),
        ["type"] = d.Type,
        ["url"] = d.Url.ToString(),
        ["headers"] = new JsonObject(d.Headers.Select(h => KeyValuePair.Create<string, JsonNode?>(h.Key, h.Value))),
        ["body"] = Encoding.UTF8.GetString(d.Body),
        ["done"] = d.Outcome is not null,
        ["status"] = d.Outcome?.Status,
        ["failure"] = d.Outcome?.Failure,
        ["answer"] = d.Outcome?.Body,
        ["took_ms"] = Math.Round(d.Took.TotalMilliseconds, 1),
    };

    private static JsonObject Call(CallRecord c) => new()
    {
        ["at"] = Time(c.At), ["method"] = c.Method, ["arguments"] = c.Arguments.DeepClone(), ["status"] = c.Status, ["answer"] = c.Answer?.DeepClone(),
    };

    private static string Time(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
