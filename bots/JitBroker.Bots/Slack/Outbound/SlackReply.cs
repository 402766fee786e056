using System.Text.Json.Nodes;

namespace JitBroker.Bots.Slack;

/// <summary>How a call of Slack's Web API went.</summary>
internal abstract record SlackReply
{
    private SlackReply()
    {
    }

    /// <summary>It took effect.</summary>
    public sealed record Ok(JsonObject Body) : SlackReply;

    /// <summary>Slack said no, and nothing took effect. <paramref name="Details"/> are its pointers into blocks, for the log.</summary>
    public sealed record Refused(string Error, string Details) : SlackReply
    {
        /// <summary>The token is not good for this: nothing will work until somebody acts.</summary>
        public bool IsAboutUs => Error is "invalid_auth" or "not_authed" or "account_inactive" or "token_revoked" or "token_expired" or "missing_scope"
            or "no_permission" or "not_allowed_token_type" or "team_access_not_granted" or "ekm_access_denied" or "org_login_required";

        /// <summary>What we said was malformed: a bug of ours.</summary>
        public bool IsMalformed => Error is "invalid_blocks" or "invalid_blocks_format" or "invalid_arguments" or "msg_too_long" or "msg_blocks_too_long" or "view_too_large" or "no_text";

        /// <summary>That channel cannot be posted to.</summary>
        public bool IsAboutChannel => Error is "channel_not_found" or "not_in_channel" or "is_archived" or "restricted_action" or "restricted_action_read_only_channel"
            or "restricted_action_thread_only_channel" or "channel_is_limited_access";

        /// <summary>That person cannot be written to.</summary>
        public bool IsAboutPerson => Error is "user_not_found" or "user_disabled" or "user_not_visible" or "cannot_dm_bot" or "messages_tab_disabled";

        /// <summary>That message cannot be edited any more.</summary>
        public bool IsGone => Error is "message_not_found" or "cant_update_message" or "edit_window_closed";
    }

    /// <summary>Not accepted; again after <paramref name="After"/>.</summary>
    public sealed record RateLimited(TimeSpan After) : SlackReply;

    /// <summary>No answer, or an error of Slack's own. <paramref name="MayHaveHappened"/>: nobody knows whether it took effect.</summary>
    public sealed record Failed(string Why, bool MayHaveHappened) : SlackReply;
}
