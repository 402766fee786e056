using JitBroker.Client;
using JitBroker.Server.Http.Documents;

namespace JitBroker.Server.Http.Endpoints;

/// <summary>Accounts, whose they are, and linking them. Listing is the contract's; the rest are additions to it.</summary>
internal static class IdentityEndpoints
{
    public static RouteGroupBuilder MapIdentities(this RouteGroupBuilder v1)
    {
        var identities = v1.MapGroup("/identities").WithTags("identities");
        identities.MapGet("/", IdentityCalls.ListAsync).Answers<Page<LinkedIdentityResource>>(200).Lists("person").Says("listIdentities", "Every account that the catalog or a link names, and whose it is. For admins and auditors.");
        identities.MapPost("/link", IdentityCalls.LinkAsync).Takes<LinkBody>(optional: true).Answers<LinkResource>(201, 200).Says("linkIdentity", "Show a code to be typed at another account of yours, or take one that it shows. In a session that may decide.");
        identities.MapGet("/links/{id}", IdentityCalls.GetLinkAsync).Answers<LinkResource>(200).Says("getLink", "How far a linking of yours is.");
        identities.MapPost("/links/{id}", IdentityCalls.AnswerAsync).Takes<LinkAnswerBody>().Answers<LinkResource>(200).Says("answerLink", "Say whether the account is yours. In a session that may decide.");
        identities.MapPost("/{id}/unlink", IdentityCalls.UnlinkAsync).Takes<UnlinkBody>(optional: true).Answers<LinkedIdentityResource>(200).Idempotent().Says("unlinkIdentity", "Take a linked account away from its person. For admins, in a session that may decide.");
        return v1;
    }
}
