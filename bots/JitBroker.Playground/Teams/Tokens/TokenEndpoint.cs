using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.Connector;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Tokens;

/// <summary>Entra's token endpoint for one client: <c>client_credentials</c> by secret or by certificate. The authority is the playground's address.</summary>
internal sealed class TokenEndpoint(Tenant tenant, AccessTokens tokens, Func<Uri> origin, CallTrouble trouble)
{
    private const string Scope = "https://api.botframework.com/.default";

    // what bots of many tenants ask, of the time before 2025
    private const string LegacyTenant = "botframework.com";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/{tenant}/oauth2/v2.0/token", IssueAsync);
        routes.MapGet("/{tenant}/v2.0/.well-known/openid-configuration", (string tenant) => Results.Text(Configuration(tenant).ToJsonString(Wire.Json), "application/json"));
        routes.MapGet("/common/discovery/instance", () => Results.Text(new JsonObject
        {
            ["tenant_discovery_endpoint"] = Configuration(tenant.Options.TenantId.ToString())["issuer"] + "/.well-known/openid-configuration", ["api-version"] = "1.1", ["metadata"] = new JsonArray(),
        }.ToJsonString(Wire.Json), "application/json"));
    }

    /// <summary>Whether a path is this endpoint's, which takes forms.</summary>
    public static bool IsAt(PathString path) => path.Value?.EndsWith("/oauth2/v2.0/token", StringComparison.Ordinal) == true;

    private async Task IssueAsync(HttpContext http)
    {
        var ct = http.RequestAborted;
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync(ct) : FormCollection.Empty;
        // neither secret nor assertion goes into the log
        var shown = new JsonObject(form.Where(f => f.Key is "grant_type" or "client_id" or "scope").Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, f.Value.ToString())));
        await trouble.AnswerAsync(http, "token", shown, () => Task.FromResult(Answer((string)http.Request.RouteValues["tenant"]!, form)), kept: _ => new JsonObject { ["access_token"] = "…" });
    }

    private ConnectorAnswer Answer(string at, IFormCollection form)
    {
        var options = tenant.Options;
        if (at != LegacyTenant && !(Guid.TryParse(at, out var id) && id == options.TenantId)) return Refused(400, "invalid_request", 90002, $"Tenant '{at}' not found.");
        if (form["grant_type"] != "client_credentials") return Refused(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
        if (form["client_id"] != options.AppId.ToString()) return Refused(400, "unauthorized_client", 700016, $"Application with identifier '{form["client_id"]}' was not found in the directory.");
        if (form["scope"].ToString().Split(' ').All(s => s != Scope)) return Refused(400, "invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid.");
        if (form.ContainsKey("client_assertion"))
        {
            if (options.ClientCertificate is not { } certificate || !ClientAssertion.IsGood(form["client_assertion"], certificate, options.AppId.ToString(), tenant.Clock.GetUtcNow()))
                return Refused(401, "invalid_client", 700027, "Client assertion failed signature validation.");
        }
        else if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(form["client_secret"].ToString()), Encoding.UTF8.GetBytes(options.ClientSecret)))
            return Refused(401, "invalid_client", 7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value.");
        var seconds = (int)AccessTokens.Lifetime.TotalSeconds;
        return new ConnectorAnswer(200, new JsonObject { ["token_type"] = "Bearer", ["expires_in"] = seconds, ["ext_expires_in"] = seconds, ["access_token"] = tokens.Issue() });
    }

    private ConnectorAnswer Refused(int status, string error, int code, string why) => new(status, new JsonObject
    {
        ["error"] = error,
        ["error_description"] = string.Create(CultureInfo.InvariantCulture, $"AADSTS{code}: {why}"),
        ["error_codes"] = new JsonArray(code),
        ["timestamp"] = tenant.Clock.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
    });

    private JsonObject Configuration(string at)
    {
        var issuer = new Uri(origin(), at + "/v2.0");
        return new JsonObject
        {
            ["issuer"] = issuer.ToString(),
            ["token_endpoint"] = new Uri(origin(), at + "/oauth2/v2.0/token").ToString(),
            ["authorization_endpoint"] = new Uri(origin(), at + "/oauth2/v2.0/authorize").ToString(),
            ["token_endpoint_auth_methods_supported"] = new JsonArray("client_secret_post", "private_key_jwt"),
        };
    }
}
