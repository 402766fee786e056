using JitBroker.Client;
using JitBroker.Server.Http.Documents;

namespace JitBroker.Server.Http.Endpoints;

internal static class GrantEndpoints
{
    public static RouteGroupBuilder MapGrants(this RouteGroupBuilder v1)
    {
        var grants = v1.MapGroup("/grants").WithTags("grants");
        grants.MapGet("/", GrantCalls.ListAsync).Answers<Page<GrantResource>>(200).Lists("state", "mine", "person", "breakGlass").Says("listGrants", "Grants you may read, newest first; with breakGlass=true the register of emergencies.");
        grants.MapGet("/{id}", GrantCalls.GetAsync).Answers<GrantResource>(200).Says("getGrant", "One grant.");
        grants.MapPost("/{id}/credentials", GrantCalls.CollectAsync).Answers<CredentialEnvelope>(201).Says("collectCredential", "Mint a credential. For the holder only; each call is a new lease, and the secret is told this once.");
        grants.MapPost("/{id}/end", GrantCalls.EndAsync).Takes<EndBody>(optional: true).Answers<GrantResource>(202, 200).Idempotent().Says("endGrant", "End a grant: released by its holder, revoked by an admin or one who may decide it, with a reason. 200 if it had ended.");
        grants.MapPost("/{id}/extensions", GrantCalls.ExtendAsync).Takes<ExtendBody>().Answers<RequestResource>(201).Idempotent().Says("extendGrant", "Ask for more time on a grant: a request of kind extension, decided by the same rule.");
        grants.MapPost("/{id}/review", BreakGlassCalls.ReviewAsync).Takes<ReviewBody>().Answers<GrantResource>(200).Idempotent().Says("reviewGrant", "Review an emergency access that somebody else took. Needs a session that may decide.");
        grants.MapPost("/{id}/review/lift", BreakGlassCalls.LiftAsync).Takes<LiftBody>().Answers<GrantResource>(200).Idempotent().Says("liftReview", "Let its taker have the next emergency access though this review is overdue or found misuse: for another one on call, in a session that may decide.");
        return v1;
    }
}
