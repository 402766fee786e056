using JitBroker.Bots.Chat;
using JitBroker.Outbox;

namespace JitBroker.Bots.Teams;

/// <summary>How a delivery's card is rendered for where it goes: to one person with its buttons, to a channel without.</summary>
internal static class CardViews
{
    /// <param name="accountOf">A person's account (<c>29:…</c>) by e-mail; null when none is known.</param>
    public static CardView Of(Delivery delivery, RequestStory? story, Func<string, string?> accountOf)
    {
        var origin = OriginOf(delivery, story);
        if (Recipients.ChannelOf(delivery.Recipient) is null)
            return CardView.InPerson(origin);
        return origin is null ? new CardView(false, null, []) : CardView.Shared(origin, [.. Actors(story!).Select(accountOf).OfType<string>().Distinct(StringComparer.Ordinal).Take(CardLimits.RefreshFor)]);
    }

    /// <summary>By e-mail, those who can do something about it now: who decides, who reviews, who may end it. Others see that there is nothing for them to press.</summary>
    public static IEnumerable<string> Actors(RequestStory story)
    {
        if (!story.IsEmergency)
            return story.Request.IsPending ? story.Bench.Awaited.Select(a => a.Person.Email) : [];
        if (EmergencyCard.Buttons(story).Count == 0)
            return [];
        var reviewers = story.Details.Review is { IsDone: false } review ? story.Bench.Directory.Members(review.ReviewGroup) : [];
        return reviewers.Select(p => p.Email).Concat(story.Bench.Skipped.Select(a => a.Person.Email)).Where(e => e != story.Request.Requester);
    }

    private static CardOrigin? OriginOf(Delivery delivery, RequestStory? story) => (delivery.Template, story) switch
    {
        (Templates.ApprovalCard, { } asked) => new CardOrigin(CardNames.Approval, asked.Request.Id),
        (Templates.AskerCard, { } own) => new CardOrigin(CardNames.Asker, own.Request.Id),
        (Templates.EmergencyCard, { } taken) => new CardOrigin(CardNames.Emergency, taken.Request.Id),

        // Who is to review it sees the whole emergency; a notice about what is done stays what it says.
        (Templates.ReviewNotice, { Details.Review.IsDone: false } due) => new CardOrigin(CardNames.Emergency, due.Request.Id),
        _ => null,
    };
}
