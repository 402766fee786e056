using JitBroker.Client;

namespace JitBroker.Server.Http.Documents;

/// <summary>How a caller proves who they are.</summary>
internal enum CallAuth
{
    Session,
    Basic,
    None,
}

/// <summary>What the OpenAPI document says of a call beyond its types.</summary>
internal sealed record CallDoc
{
    public CallAuth Auth { get; init; } = CallAuth.Session;

    public bool IsIdempotent { get; init; }

    /// <summary>Null when it is no list.</summary>
    public IReadOnlyList<string>? Filters { get; init; }

    /// <summary>Of a query that is no list's.</summary>
    public IReadOnlyList<string> Query { get; init; } = [];

    /// <summary>Null when it takes no form.</summary>
    public IReadOnlyList<string>? FormFields { get; init; }

    public bool TakesJson { get; init; }

    /// <summary>Another shape of an answer whose status has one already.</summary>
    public (int Status, Type Type)? Or { get; init; }
}

/// <summary>Documents a route, one call per fact, on the line that maps it.</summary>
internal static class CallDocs
{
    public static RouteHandlerBuilder Says(this RouteHandlerBuilder route, string name, string text) => route.WithName(name).WithSummary(text);

    public static RouteHandlerBuilder Takes<T>(this RouteHandlerBuilder route, bool optional = false)
        where T : notnull => route.Accepts<T>(optional, "application/json").Doc(d => d with { TakesJson = true });

    public static RouteHandlerBuilder TakesForm(this RouteHandlerBuilder route, params string[] fields) => route.Doc(d => d with { FormFields = fields });

    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, params int[] statuses) =>
        statuses.Aggregate(route, (r, status) => r.Produces<T>(status, "application/json"));

    public static RouteHandlerBuilder Answers(this RouteHandlerBuilder route, int status) => route.Produces(status);

    public static RouteHandlerBuilder Or<T>(this RouteHandlerBuilder route, int status) => route.Doc(d => d with { Or = (status, typeof(T)) });

    public static RouteHandlerBuilder Fails<T>(this RouteHandlerBuilder route, int status) => route.Produces<T>(status, "application/json");

    public static RouteHandlerBuilder Lists(this RouteHandlerBuilder route, params string[] filters) => route.Doc(d => d with { Filters = filters });

    public static RouteHandlerBuilder Asks(this RouteHandlerBuilder route, params string[] query) => route.Doc(d => d with { Query = query });

    public static RouteHandlerBuilder Idempotent(this RouteHandlerBuilder route) => route.Doc(d => d with { IsIdempotent = true });

    /// <summary>Anybody may call it.</summary>
    public static RouteHandlerBuilder Open(this RouteHandlerBuilder route) => route.Doc(d => d with { Auth = CallAuth.None });

    public static RouteHandlerBuilder ByBasic(this RouteHandlerBuilder route) => route.Doc(d => d with { Auth = CallAuth.Basic });

    private static RouteHandlerBuilder Doc(this RouteHandlerBuilder route, Func<CallDoc, CallDoc> change)
    {
        // Conventions run when the endpoint is built, in the order they were added: the last one has it all.
        route.Add(endpoint =>
        {
            var before = endpoint.Metadata.OfType<CallDoc>().LastOrDefault() ?? new CallDoc();
            endpoint.Metadata.Add(change(before));
        });
        return route;
    }
}
