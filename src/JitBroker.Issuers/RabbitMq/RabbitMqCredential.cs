using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>The credential in the shape of contract §4: <c>{uri, vhost, username, password}</c>. A token stands where the password would.</summary>
internal static class RabbitMqCredential
{
    public static Credential Of(Uri amqp, string vhost, string username, string password) =>
        new(RabbitMqIssuer.KindName, new JsonObject
        {
            ["uri"] = Uri(amqp, vhost, username, password),
            ["vhost"] = vhost,
            ["username"] = username,
            ["password"] = password,
        });

    /// <summary>RabbitMQ URI specification: each part percent-encoded, so that the virtual host <c>/</c> is <c>%2F</c>. What the catalog's address says after it stays.</summary>
    private static string Uri(Uri amqp, string vhost, string username, string password)
    {
        var port = amqp.Port < 0 ? "" : string.Create(CultureInfo.InvariantCulture, $":{amqp.Port}");
        return $"{amqp.Scheme}://{Escaped(username)}:{Escaped(password)}@{amqp.Host}{port}/{Escaped(vhost)}{amqp.Query}";
    }

    private static string Escaped(string text) => System.Uri.EscapeDataString(text);
}
