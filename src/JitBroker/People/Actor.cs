namespace JitBroker.People;

/// <summary>Who acts, and from where. Made by a surface after it has proven the identity; a use case trusts it but checks rights itself.</summary>
/// <param name="Person">The person behind the proven identity.</param>
/// <param name="Surface">Where the act came from.</param>
/// <param name="Via">The proof, for the record: <c>slack:T0EX/U0BEA</c> or <c>session:01J…</c>. Null for the broker itself.</param>
/// <param name="SessionId">The session that acts, so that ending it can end what it collected; null in chat.</param>
public sealed record Actor(Person Person, Surface Surface, string? Via, string? SessionId = null)
{
    public string Email => Person.Email;
}

/// <summary>Text forms of <see cref="Surface"/>, as in the HTTP API.</summary>
public static class Surfaces
{
    public static string ToText(this Surface surface) => surface switch
    {
        Surface.Slack => "slack",
        Surface.Teams => "teams",
        Surface.Api => "api",
        Surface.Cli => "cli",
        Surface.Web => "web",
        Surface.System => "system",
    };
}
