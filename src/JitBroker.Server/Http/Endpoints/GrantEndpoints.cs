using JitBroker.Client;
using JitBroker.Server.Http.Documents;

namespace JitBroker.Server.Http.Endpoints;

internal static class GrantEndpoints
{
    public static RouteGroupBuilder MapGrants(this RouteGroupBuilder v1)
    {
        var grants = v1.MapGroup("/grants").WithTags("grants");
        grants.MapGet("/", GrantCalls.ListAsync).Answers<Page<GrantResource>>(200).Lists("state", "mine", "person").Says("listGrants", "Grants you may read, newest first.");
        grants.MapGet("/{id}", GrantCalls.GetAsync).Answers<GrantResource>(200).Says("getGrant", "One grant.");
        grants.MapPost("/{id}/credentials", GrantCalls.CollectAsync).Answers<CredentialEnvelope>(201).Says("collectCredential", "Mint a credential. For the holder only; each call is a new lease, and the secret is told this once.");
        grants.MapPost("/{id}/end", GrantCalls.EndAsync).Takes<EndBody>(optional: true).Answers<GrantResource>(202, 200).Idempotent().Says("endGrant", "End a grant: released by its holder, revoked by an admin or one who may decide it, with a reason. 200 if it had ended.");
        grants.MapPost("/{id}/extensions", GrantCalls.ExtendAsync).Takes<ExtendBody>().Answers<RequestResource>(201).Idempotent().Says("extendGrant", "Ask for more time on a grant: a request of kind extension, decided by the same rule.");
        return v1;
    }
}
