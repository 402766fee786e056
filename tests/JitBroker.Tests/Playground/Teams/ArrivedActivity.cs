using System.Text.Json.Nodes;

namespace JitBroker.Tests.Playground.Teams;

internal static class ArrivedActivity
{
    /// <summary>The activity that arrived; its content type has a charset, as the real one's.</summary>
    public static JsonObject Activity(this Arrived arrived)
    {
        Assert.Equal("application/json; charset=utf-8", arrived.ContentType);
        return (JsonObject)JsonNode.Parse(arrived.Text)!;
    }
}
