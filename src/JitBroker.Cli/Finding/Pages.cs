using JitBroker.Client;

namespace JitBroker.Cli.Finding;

/// <summary>Lists read to their end.</summary>
internal static class Pages
{
    /// <summary>The largest page the API gives.</summary>
    internal const int Size = 200;

    // A list longer than this is for -o json and a cursor, not for a person; it also stops a broker whose cursor runs in a circle.
    private const int MostPages = 25;

    internal static async Task<IReadOnlyList<T>> AllAsync<T>(Func<string?, Task<BrokerReply<Page<T>>>> page)
    {
        var items = new List<T>();
        string? cursor = null;
        for (var read = 0; read < MostPages; read++)
        {
            var reply = await page(cursor);
            items.AddRange(reply.Value.Items);
            cursor = reply.Value.Next;
            if (cursor is null)
                break;
        }

        return items;
    }
}
