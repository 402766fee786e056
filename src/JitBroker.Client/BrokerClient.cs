using System.Globalization;
using System.Text.Json;

namespace JitBroker.Client;

/// <summary>
/// The broker's HTTP API, typed. Every call throws <see cref="BrokerRefusedException"/> when the broker says no, <see cref="BrokerUnreachableException"/>
/// when there is no answer of its, <see cref="OperationCanceledException"/> when cancelled. Safe to use from several threads. Idempotency keys are 1–128
/// visible ASCII characters; null sends none.
/// </summary>
public sealed partial class BrokerClient : IDisposable
{
    private readonly BrokerConnection connection;

    /// <summary>A client for the broker at <paramref name="broker"/> (http or https, a path prefix is kept).</summary>
    /// <param name="broker">The broker's public URL.</param>
    /// <param name="token">The session's token, or null for the calls that need none.</param>
    /// <param name="handler">Another way to the broker, for tests; it must not follow redirects, and stays the caller's to dispose. Null connects directly.</param>
    /// <param name="timeout">How long to wait for one answer; null is 30 seconds.</param>
    public BrokerClient(Uri broker, string? token = null, HttpMessageHandler? handler = null, TimeSpan? timeout = null)
    {
        if (!broker.IsAbsoluteUri || broker.Scheme is not ("http" or "https"))
            throw new ArgumentException("The broker's address begins with http:// or https://.", nameof(broker));
        Address = broker;
        connection = new BrokerConnection(broker, token, handler, timeout ?? TimeSpan.FromSeconds(30));
    }

    /// <summary>The broker's address.</summary>
    public Uri Address { get; }

    /// <summary>Who the caller is, and which sessions live.</summary>
    public Task<BrokerReply<MeResource>> GetMeAsync(CancellationToken cancel) => connection.CallAsync(Call.Get("v1/me"), Wire.Type<MeResource>(), cancel);

    /// <summary>What the caller may ask for.</summary>
    public Task<BrokerReply<Page<EntitlementResource>>> ListEntitlementsAsync(CancellationToken cancel, string? cursor = null, int? limit = null) =>
        connection.CallAsync(Call.Get(Call.Query("v1/entitlements", ("cursor", cursor), ("limit", Number(limit)))), Wire.Type<Page<EntitlementResource>>(), cancel);

    /// <summary>Why the caller may or may not have <paramref name="entitlement"/>.</summary>
    public Task<BrokerReply<WhyResource>> WhyAsync(string entitlement, CancellationToken cancel) =>
        connection.CallAsync(Call.Get($"v1/entitlements/{Call.Segment(entitlement)}/why"), Wire.Type<WhyResource>(), cancel);

    /// <summary>Asks for one entitlement. Neither a bundle nor a dry run: those answer with other records.</summary>
    public Task<BrokerReply<RequestResource>> SubmitAsync(SubmitBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post("v1/requests", body, Wire.Type<SubmitBody>(), idempotencyKey), Wire.Type<RequestResource>(), cancel);

    /// <summary>Asks for a bundle: all of it, or nothing.</summary>
    public Task<BrokerReply<BundleResource>> SubmitBundleAsync(SubmitBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post("v1/requests", body, Wire.Type<SubmitBody>(), idempotencyKey), Wire.Type<BundleResource>(), cancel);

    /// <summary>What a submit would do. Stores nothing.</summary>
    public Task<BrokerReply<DryRunResource>> DryRunAsync(SubmitBody body, CancellationToken cancel) =>
        connection.CallAsync(Call.Post("v1/requests", body with { DryRun = true }, Wire.Type<SubmitBody>()), Wire.Type<DryRunResource>(), cancel);

    /// <summary>One page of requests that the caller may read.</summary>
    public Task<BrokerReply<Page<RequestResource>>> ListRequestsAsync(RequestQuery query, CancellationToken cancel) =>
        connection.CallAsync(Call.Get(Call.Query("v1/requests", ("state", Word(query.State)), ("mine", query.Mine ? "true" : null), ("awaiting", query.AwaitingMe ? "me" : null),
            ("cursor", query.Cursor), ("limit", Number(query.Limit)))), Wire.Type<Page<RequestResource>>(), cancel);

    /// <summary>One request.</summary>
    public Task<BrokerReply<RequestResource>> GetRequestAsync(string id, CancellationToken cancel) =>
        connection.CallAsync(Call.Get($"v1/requests/{Call.Segment(id)}"), Wire.Type<RequestResource>(), cancel);

    /// <summary>Approves or denies.</summary>
    public Task<BrokerReply<RequestResource>> DecideAsync(string id, DecideBody body, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/requests/{Call.Segment(id)}/decisions", body, Wire.Type<DecideBody>(), idempotencyKey), Wire.Type<RequestResource>(), cancel);

    /// <summary>Withdraws the caller's own request.</summary>
    public Task<BrokerReply<RequestResource>> CancelAsync(string id, string? idempotencyKey, CancellationToken cancel) =>
        connection.CallAsync(Call.Post($"v1/requests/{Call.Segment(id)}/cancel", idempotencyKey), Wire.Type<RequestResource>(), cancel);

    /// <summary>Ends a session of the caller's.</summary>
    public async Task EndSessionAsync(string id, CancellationToken cancel)
    {
        var answer = await connection.AnswerAsync(Call.Post($"v1/sessions/{Call.Segment(id)}/end"), cancel);
        if (!answer.Succeeded)
            throw Refusal.Read(answer, Address);
    }

    /// <summary>Validates catalog files as the broker would on a reload; changes nothing.</summary>
    public Task<BrokerReply<CatalogCheckResource>> CheckCatalogAsync(CatalogCheckBody body, CancellationToken cancel) =>
        connection.CallAsync(Call.Post("v1/catalog/check", body, Wire.Type<CatalogCheckBody>()), Wire.Type<CatalogCheckResource>(), cancel);

    /// <summary>What is different between two catalogs, in words.</summary>
    public Task<BrokerReply<CatalogDiffResource>> DiffCatalogsAsync(CatalogDiffBody body, CancellationToken cancel) =>
        connection.CallAsync(Call.Post("v1/catalog/diff", body, Wire.Type<CatalogDiffBody>()), Wire.Type<CatalogDiffResource>(), cancel);

    /// <summary>Runs policy tests against catalog files; changes nothing.</summary>
    public Task<BrokerReply<CatalogTestResource>> TestCatalogAsync(CatalogTestBody body, CancellationToken cancel) =>
        connection.CallAsync(Call.Post("v1/catalog/test", body, Wire.Type<CatalogTestBody>()), Wire.Type<CatalogTestResource>(), cancel);

    /// <summary>How access was used, and what to keep and remove. For admins, auditors and owners.</summary>
    /// <param name="unused">As <see cref="Durations"/> reads it; null: 90 days.</param>
    public Task<BrokerReply<AccessReviewResource>> ReviewAccessAsync(string? unused, CancellationToken cancel) =>
        connection.CallAsync(Call.Get(Call.Query("v1/catalog/review", ("unused", unused))), Wire.Type<AccessReviewResource>(), cancel);

    /// <summary>Which catalog is in force, and which wait. For admins.</summary>
    public Task<BrokerReply<CatalogResource>> GetCatalogAsync(CancellationToken cancel) => connection.CallAsync(Call.Get("v1/catalog"), Wire.Type<CatalogResource>(), cancel);

    /// <summary>Lets a catalog come into force that is held. For admins, in a session that may decide. Idempotent.</summary>
    public Task<BrokerReply<CatalogAcceptedResource>> AcceptCatalogAsync(string hash, CancellationToken cancel) =>
        connection.CallAsync(Call.Post("v1/catalog/accept", new CatalogAcceptBody { Hash = hash }, Wire.Type<CatalogAcceptBody>()), Wire.Type<CatalogAcceptedResource>(), cancel);

    /// <inheritdoc/>
    public void Dispose() => connection.Dispose();

    private static string? Word<T>(T? value) where T : struct, Enum => value is { } given ? WireWords.Of(given) : null;

    private static string? Number(int? value) => value?.ToString(CultureInfo.InvariantCulture);
}
