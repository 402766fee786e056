using JitBroker.Client;
using JitBroker.Server.Http.Documents;

namespace JitBroker.Server.Http.Endpoints;

internal static class RequestEndpoints
{
    public static RouteGroupBuilder MapRequests(this RouteGroupBuilder v1)
    {
        var requests = v1.MapGroup("/requests").WithTags("requests");
        requests.MapPost("/", RequestCalls.SubmitAsync).Takes<SubmitBody>().Answers<RequestResource>(201).Or<BundleResource>(201).Answers<DryRunResource>(200).Idempotent().Says("submitRequest", "Ask for an entitlement or a bundle; with dryRun, what that would come to. A bundle is answered with {items}, a dry run with 200.");
        requests.MapGet("/", RequestCalls.ListAsync).Answers<Page<RequestResource>>(200).Lists("state", "mine", "awaiting").Says("listRequests", "Requests you may read, newest first.");
        requests.MapGet("/{id}", RequestCalls.GetAsync).Answers<RequestResource>(200).Says("getRequest", "One request.");
        requests.MapPost("/{id}/decisions", DecisionCalls.DecideAsync).Takes<DecideBody>().Answers<RequestResource>(200).Idempotent().Says("decideRequest", "Approve or deny. Needs a session that may decide.");
        requests.MapPost("/{id}/cancel", DecisionCalls.CancelAsync).Answers<RequestResource>(200).Idempotent().Says("cancelRequest", "Withdraw your own request.");
        return v1;
    }
}
