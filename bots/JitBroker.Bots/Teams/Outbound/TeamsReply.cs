using System.Text.Json.Nodes;

namespace JitBroker.Bots.Teams;

/// <summary>How a call of a Teams service went.</summary>
internal abstract record TeamsReply
{
    private TeamsReply()
    {
    }

    /// <summary>It took effect.</summary>
    public sealed record Ok(JsonObject Body) : TeamsReply;

    /// <summary>The service said no, and nothing took effect.</summary>
    /// <param name="Error">Its word, such as <c>ConversationNotFound</c>; else <c>HTTP 403</c>.</param>
    public sealed record Refused(int Status, string Error) : TeamsReply
    {
        /// <summary>We never asked: the service is at no allowed host.</summary>
        public const string NotAllowed = "service_not_allowed";

        /// <summary>Our token is not good for this: nothing will work until somebody acts.</summary>
        public bool IsAboutUs => Status == 401 || Error == NotAllowed;

        /// <summary>That person or channel cannot be written to: blocked, left, uninstalled, or gone.</summary>
        public bool IsUnreachable => Status is 403 or 404;

        /// <summary>What we said is too large.</summary>
        public bool IsTooLarge => Status == 413 || Error == "MessageSizeTooBig";

        /// <summary>That message, or all around it, is not there any more.</summary>
        public bool IsGone => Status is 403 or 404 or 410;
    }

    /// <summary>Not accepted; again after <paramref name="After"/>.</summary>
    public sealed record RateLimited(TimeSpan After) : TeamsReply;

    /// <summary>No answer, or one that asks to be asked again. <paramref name="MayHaveHappened"/>: nobody knows whether it took effect.</summary>
    public sealed record Failed(string Why, bool MayHaveHappened) : TeamsReply;
}
