using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Catalog;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>What the catalog says of one RabbitMQ: <c>{management, amqp, user, password, mode}</c>, for tokens <c>{resourceServerId, tokenLifetime}</c> too.</summary>
/// <param name="Management">Address of the management API.</param>
/// <param name="Amqp">Address that holders connect to.</param>
/// <param name="User">The broker's own user; may be a reference.</param>
/// <param name="Password">A reference.</param>
/// <param name="IsToken"><c>mode: jwt</c>: tokens for the oauth2 backend instead of users.</param>
/// <param name="ResourceServer">The audience of tokens: <c>auth_oauth2.resource_server_id</c>.</param>
/// <param name="TokenLifetime">At most; the grant's end is the other bound.</param>
internal sealed record RabbitMqSettings(Uri Management, Uri Amqp, string User, string Password, bool IsToken, string ResourceServer, TimeSpan TokenLifetime)
{
    private static readonly TimeSpan UsualLifetime = TimeSpan.FromMinutes(15);

    /// <summary>True with <paramref name="settings"/>, or false with <paramref name="problem"/> a sentence for people. Never throws.</summary>
    public static bool TryRead(string json, [NotNullWhen(true)] out RabbitMqSettings? settings, out string problem)
    {
        settings = null;
        var read = Parse(json);
        var mode = read is null || !read.ContainsKey("mode") ? "user" : Text(read["mode"]);
        var lifetime = UsualLifetime;
        if (read is null)
            problem = "The issuer's settings are not a JSON object.";
        else if (Address(read["management"], "https", "http") is not { } management)
            problem = "The issuer's management is no address that begins with https:// or http://.";
        else if (Address(read["amqp"], "amqps", "amqp") is not { } amqp)
            problem = "The issuer's amqp is no address that begins with amqps:// or amqp://.";
        else if (Text(read["user"]) is not { Length: > 0 } user || Text(read["password"]) is not { Length: > 0 } password)
            problem = "The issuer's user and password are missing.";
        else if (mode is not ("user" or "jwt"))
            problem = "The issuer's mode is not one of user, jwt.";
        else if (read.ContainsKey("tokenLifetime") && !Durations.TryParse(Text(read["tokenLifetime"]), out lifetime, out problem))
            problem = $"tokenLifetime: {problem}";
        else if ((read.ContainsKey("resourceServerId") ? Text(read["resourceServerId"]) : "rabbitmq") is not { Length: > 0 } server)
            problem = "The issuer's resourceServerId is no name.";
        else
        {
            problem = "";
            settings = new RabbitMqSettings(management, amqp, user, password, mode == "jwt", server, lifetime);
        }

        return settings is not null;
    }

    internal static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    internal static JsonObject? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static Uri? Address(JsonNode? node, params string[] schemes) =>
        Uri.TryCreate(Text(node), UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme, StringComparer.Ordinal) && uri.Host.Length > 0 && uri.UserInfo.Length == 0 ? uri : null;
}
