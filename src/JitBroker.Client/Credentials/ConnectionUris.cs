using System.Globalization;

namespace JitBroker.Client;

/// <summary>Connection URIs, every part percent-encoded (RFC 3986: all but unreserved characters).</summary>
internal static class ConnectionUris
{
    /// <summary>The issuer's own line when it says what the fields say, since it may carry options such as <c>sslmode</c>; else one made of the fields.</summary>
    public static string Of(PostgresCredential credential) => SaysTheSame(credential) ? credential.Uri : Made(credential);

    /// <summary>The broker's address as the issuer gave it, with user, password and virtual host encoded anew.</summary>
    /// <exception cref="CredentialFormException">The issuer's line names no broker.</exception>
    public static string Of(RabbitMqCredential credential)
    {
        if (!Uri.TryCreate(credential.Uri, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0)
            throw new CredentialFormException("a connection URI");
        return $"{uri.Scheme}://{Encode(credential.Username)}:{Encode(credential.Password)}@{Host(uri.IdnHost)}{Port(uri.Port)}/{Encode(credential.Vhost)}{uri.Query}";
    }

    /// <summary>Options that the URI carries, by libpq's names; none when it cannot be read.</summary>
    public static IEnumerable<(string Name, string Value)> Options(PostgresCredential credential) => SaysTheSame(credential)
        ? from pair in new Uri(credential.Uri).Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
          let at = pair.IndexOf('=', StringComparison.Ordinal)
          where at > 0
          select (Uri.UnescapeDataString(pair[..at]), Uri.UnescapeDataString(pair[(at + 1)..]))
        : [];

    private static string Made(PostgresCredential pg) =>
        $"postgresql://{Encode(pg.Username)}:{Encode(pg.Password)}@{Host(pg.Host)}{Port(pg.Port)}/{Encode(pg.Database)}";

    private static bool SaysTheSame(PostgresCredential pg)
    {
        // Nothing but visible ASCII: the line is pasted and passed on as it is.
        if (pg.Uri.Any(c => c is <= ' ' or > '~' or '"' or '<' or '>' or '\\') || !Uri.TryCreate(pg.Uri, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgresql" or "postgres"))
            return false;
        var user = uri.UserInfo.Split(':');
        return user.Length == 2 && Uri.UnescapeDataString(user[0]) == pg.Username && Uri.UnescapeDataString(user[1]) == pg.Password
            && uri.Host.Trim('[', ']') == pg.Host.Trim('[', ']') && (uri.Port == pg.Port || (uri.Port == -1 && pg.Port == 5432))
            && Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) == pg.Database && uri.Fragment.Length == 0;
    }

    private static string Encode(string text) => Uri.EscapeDataString(text);

    // A colon in a host is an IPv6 address, which stands in brackets; a socket's folder is encoded.
    private static string Host(string host) => host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('[') ? $"[{host.Replace("%", "%25", StringComparison.Ordinal)}]" : host.StartsWith('[') ? host : Encode(host);

    private static string Port(int port) => port < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{port}");
}
