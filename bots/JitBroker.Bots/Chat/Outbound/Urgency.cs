namespace JitBroker.Bots.Chat;

/// <summary>Who waits for the answer of a call.</summary>
internal enum Urgency
{
    /// <summary>Nobody in particular: a card, a notice.</summary>
    Notification,

    /// <summary>A person who has just pressed or typed something. Never waits behind notifications.</summary>
    Answer,
}
