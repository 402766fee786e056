using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>What one person's Home shows, as it stood at one look. Made by <see cref="ReadHome"/>.</summary>
/// <param name="Waiting">Emergencies this person is to review, then requests that they may decide now and have not, oldest first.</param>
/// <param name="Access">What they hold: live, planned, and what is still being ended.</param>
/// <param name="Requests">Their own requests that wait, oldest first.</param>
/// <param name="MayTakeEmergency">They are on call for something now.</param>
/// <param name="Again">What they asked for before and may ask for now, newest first.</param>
public sealed record HomeContent(
    string Email, string Name, HomeList<RequestStory> Waiting, HomeList<RequestStory> Access, HomeList<RequestStory> Requests, IReadOnlyList<PastAsk> Again, DateTimeOffset Now, bool MayTakeEmergency = false);

/// <summary>The first few of a list.</summary>
/// <param name="Count">How many there are; <paramref name="IsMore"/>: at least.</param>
public sealed record HomeList<T>(IReadOnlyList<T> Shown, int Count, bool IsMore)
{
    public static HomeList<T> Empty { get; } = new([], 0, false);

    /// <summary><c>3</c> or <c>50+</c>.</summary>
    public string CountText => Count.ToString(System.Globalization.CultureInfo.InvariantCulture) + (IsMore ? "+" : "");
}

/// <summary>A request that is over.</summary>
public sealed record PastAsk(Request Request, string Title);
