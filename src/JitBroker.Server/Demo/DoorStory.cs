using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace JitBroker.Server.Demo;

/// <summary>The tour's chapter at a door: nginx asks the broker at each request, so a client that keeps asking loses the page while it does.</summary>
internal sealed class DoorStory(TourScreen screen, TourAccess access)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <exception cref="TourException">A step did not hold.</exception>
    public async Task PlayAsync(DemoDoor door, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = door.Url };
        TourException.Unless(await AskAsync(http, null, cancellationToken) == HttpStatusCode.Unauthorized, "The door let somebody in without a token.");
        var grant = await access.GrantAsync(DemoDoor.Page, "INC-45", "a refund is stuck", cancellationToken);
        var token = (await access.Terminal.CollectAsync(grant, cancellationToken)).Value.Credential.GetProperty("token").GetString()!;
        TourException.Unless(await AskAsync(http, token, cancellationToken) == HttpStatusCode.OK, "The door refused a token that stands.");
        screen.Held("Ana's client shows a token to nginx, which asks the broker, and gets the page; without one it gets 401");

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var browsing = BrowseAsync(http, token, stop.Token);
        await access.DoneAsync(grant, "while the client goes on asking", cancellationToken);
        stop.CancelAfter(Patience);
        var (pages, refusal) = await browsing;
        TourException.Unless(refusal is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, $"The client was answered {(int)refusal} after the end.");
        screen.Held(string.Create(CultureInfo.InvariantCulture, $"After {pages} pages the same request over the same connection is answered {(int)refusal}"));
    }

    /// <summary>Asks again and again until it is not served.</summary>
    private static async Task<(int Pages, HttpStatusCode Refusal)> BrowseAsync(HttpClient http, string token, CancellationToken cancellationToken)
    {
        try
        {
            for (var pages = 0; ; pages++)
            {
                if (await AskAsync(http, token, cancellationToken) is var answer && answer != HttpStatusCode.OK)
                    return (pages, answer);
                await Task.Delay(Pause, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            throw new TourException($"The door still lets Ana in {Patience.TotalSeconds:0} s after the verified end.");
        }
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient http, string? token, CancellationToken cancellationToken)
    {
        using var ask = new HttpRequestMessage(HttpMethod.Get, "");
        if (token is not null)
            ask.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(ask, cancellationToken);
        return answer.StatusCode;
    }
}
