using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using JitBroker.Issuing;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// What would keep this server from minting and ending as the catalog promises, as one who sets it up wants to hear it: what lacks, why it is needed, what mends it. Looks only.
/// </summary>
internal sealed class CheckServer(SecretLookup secrets, TimeProvider clock) : IChecksTarget
{
    private const string OAuthPlugin = "rabbitmq_auth_backend_oauth2";
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(5);

    public string Kind => RabbitMqIssuer.KindName;

    public async Task<IReadOnlyList<TargetFinding>> CheckAsync(TargetToCheck target, CancellationToken cancellationToken)
    {
        if (!RabbitMqSettings.TryRead(target.Settings, out var settings, out var problem))
            return [new TargetFinding(true, problem, "Mend the issuer in the catalog.")];
        if (!RabbitMqTarget.TryFind(secrets, settings.Management, settings.User, settings.Password, out var server, out problem))
            return [new TargetFinding(true, problem, "Set it where the broker runs.")];
        try
        {
            var findings = await OfBrokerAsync(server, settings, cancellationToken);
            if (findings.Any(f => f.IsProblem))
                return findings;
            foreach (var entitlement in target.Entitlements)
                findings.AddRange(await OfEntitlementAsync(server, target.Settings, entitlement, cancellationToken));
            return [.. findings.Distinct()];
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            return [new TargetFinding(true, Trouble.Of(server, "being looked at", e), "Look at the server, its management plugin, and the issuer's management, user and password.")];
        }
    }

    private async Task<List<TargetFinding>> OfBrokerAsync(RabbitMqTarget server, RabbitMqSettings settings, CancellationToken cancellationToken)
    {
        var who = await server.CallAsync(HttpMethod.Get, "whoami", null, cancellationToken, HttpStatusCode.OK);
        var me = ServerUser.Of(who.Body);
        List<TargetFinding> findings = [];
        if (server.IsInTheClear)
            findings.Add(new TargetFinding(false, $"The broker's password goes to {server} unencrypted.", "Give the management API a certificate and write management: https://…."));
        if (settings.Amqp is { Scheme: "amqp", IsLoopback: false })
            findings.Add(new TargetFinding(false, $"What holders connect with, {settings.Amqp.Host}, is unencrypted: their passwords cross the network in the clear.", "Give the server a TLS listener and write amqp: amqps://…."));
        if (!me.Tags.Contains("administrator", StringComparer.Ordinal))
            return [.. findings, new TargetFinding(true, $"The broker's user {me.Name} is no administrator, and nobody else may make users and close connections.", $"rabbitmqctl set_user_tags {me.Name} administrator")];
        if (settings.IsToken)
        {
            findings.AddRange(OfClock(who.Date, clock.GetUtcNow()));
            findings.AddRange(await OfPluginAsync(server, cancellationToken));
        }
        else
            findings.AddRange(await OfLimitsAsync(server, cancellationToken));
        return findings;
    }

    private static IEnumerable<TargetFinding> OfClock(DateTimeOffset? there, DateTimeOffset now)
    {
        if (there is { } server && (server - now).Duration() > ClockTolerance)
            yield return new TargetFinding(true, string.Create(CultureInfo.InvariantCulture, $"The server's clock is {(server - now).TotalSeconds:0} s ahead of the broker's, by which it reads the expiry of tokens."), "Set both by NTP.");
    }

    private static async Task<IEnumerable<TargetFinding>> OfPluginAsync(RabbitMqTarget server, CancellationToken cancellationToken)
    {
        var nodes = await server.CallAsync(HttpMethod.Get, "nodes?columns=name,running,enabled_plugins", null, cancellationToken, HttpStatusCode.OK);
        return from node in (nodes.Body as JsonArray ?? []).OfType<JsonObject>()
               where node["enabled_plugins"] is JsonArray plugins && !plugins.Any(p => RabbitMqSettings.Text(p) == OAuthPlugin)
               select new TargetFinding(true, $"{RabbitMqSettings.Text(node["name"])} does not have the plugin {OAuthPlugin}, without which no token lets anybody in.", $"rabbitmq-plugins enable {OAuthPlugin}, and set it up as the issuer's README says.");
    }

    /// <summary>On clusters that were upgraded the flag may be off still.</summary>
    private static async Task<IEnumerable<TargetFinding>> OfLimitsAsync(RabbitMqTarget server, CancellationToken cancellationToken)
    {
        var flags = await server.CallAsync(HttpMethod.Get, "feature-flags", null, cancellationToken, HttpStatusCode.OK);
        return from flag in (flags.Body as JsonArray ?? []).OfType<JsonObject>()
               where RabbitMqSettings.Text(flag["name"]) == "user_limits" && RabbitMqSettings.Text(flag["state"]) != "enabled"
               select new TargetFinding(true, "The feature flag user_limits is not enabled, so a user's connections cannot be limited, nor blocked at the end.", "rabbitmqctl enable_feature_flag user_limits");
    }

    private static async Task<List<TargetFinding>> OfEntitlementAsync(RabbitMqTarget server, string settings, GrantsToCheck entitlement, CancellationToken cancellationToken)
    {
        if (!RabbitMqTerms.TryRead(settings, entitlement.Grants, out var terms, out var problem))
            return [new TargetFinding(true, $"{entitlement.Entitlement}: {problem}", "Mend it in the catalog.")];
        var vhost = await server.CallAsync(HttpMethod.Get, $"vhosts/{RabbitMqTarget.Part(terms.Vhost)}", null, cancellationToken, HttpStatusCode.OK, HttpStatusCode.NotFound);
        if (!vhost.IsFound)
            return [new TargetFinding(true, $"{entitlement.Entitlement}: {server} has no virtual host {terms.Vhost}.", $"rabbitmqctl add_vhost {terms.Vhost}, or name another in the catalog.")];
        List<TargetFinding> findings = [];
        foreach (var exchange in terms.Topics.Select(t => t.Exchange))
        {
            var answer = await server.CallAsync(HttpMethod.Get, $"exchanges/{RabbitMqTarget.Part(terms.Vhost)}/{RabbitMqTarget.Part(exchange)}", null, cancellationToken, HttpStatusCode.OK, HttpStatusCode.NotFound);
            if (!answer.IsFound)
                findings.Add(new TargetFinding(false, $"{entitlement.Entitlement}: the exchange {exchange} does not exist.", "Declare it, with the type topic, or correct its name."));
            else if (RabbitMqSettings.Text((answer.Body as JsonObject)?["type"]) is var type && type != "topic")
                findings.Add(new TargetFinding(true, $"{entitlement.Entitlement}: the exchange {exchange} has the type {type}, and only those of type topic look at routing keys: the right to it would have no limit.", "Leave it out of topics, or make the exchange one of type topic."));
        }

        return findings;
    }
}
