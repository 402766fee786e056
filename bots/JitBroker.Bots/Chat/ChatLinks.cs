namespace JitBroker.Bots.Chat;

/// <summary>Pages of the broker that chat points to. A link names what is meant and gives no right.</summary>
/// <param name="publicUrl"><c>Broker:PublicUrl</c>.</param>
public sealed class ChatLinks(Uri publicUrl)
{
    private readonly string _base = publicUrl.AbsoluteUri.TrimEnd('/');

    /// <summary>The Collect page of a grant (contract §4).</summary>
    public Uri Collect(string grantId) => new($"{_base}/c/{Uri.EscapeDataString(grantId)}");
}
