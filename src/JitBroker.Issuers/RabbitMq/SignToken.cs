using System.Text.Json.Nodes;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;

namespace JitBroker.Issuers.RabbitMq;

/// <summary>
/// Mints a token for the oauth2 backend: the rights are its scopes, the user is its subject, the password is the token. Nothing is made at the server. A token without <c>exp</c> would be good for
/// ever there; these always have one.
/// </summary>
internal sealed class SignToken(SigningKeys keys, string publicUrl, IssueOrder order, RabbitMqTerms terms, DateTimeOffset expiresAt)
{
    // The one algorithm that every version of the backend reads.
    private const string Algorithm = "RS256";

    public MintOutcome Run(DateTimeOffset now)
    {
        if (!keys.TrySigner(Algorithm, now, out var key, out var why))
            return new MintOutcome.Unavailable(why);
        var name = UserHandle.NameOf(order.LeaseId, order.Holder);
        return new MintOutcome.Minted(RabbitMqCredential.Of(terms.Server.Amqp, terms.Vhost, name, key.Sign(Payload(name), JwtClaims.Type)));
    }

    private string Payload(string name)
    {
        var issuedAt = order.Now.ToUnixTimeSeconds();
        return new JsonObject
        {
            ["iss"] = publicUrl,
            ["aud"] = terms.Server.ResourceServer,
            ["sub"] = name,
            ["iat"] = issuedAt,
            ["nbf"] = issuedAt,
            ["exp"] = expiresAt.ToUnixTimeSeconds(),
            ["jti"] = JwtClaims.TokenId(order.LeaseId),
            ["email"] = order.Holder,
            ["jit_grant"] = order.GrantId,
            ["scope"] = string.Join(' ', terms.Scopes),
        }.ToJsonString();
    }
}
