using JitBroker.Catalog;
using JitBroker.Policy;
using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>A person's Home: what waits for them, what they hold, what they asked for. Empty sections say what to do next.</summary>
public static class HomePage
{
    private const int ReasonShown = 300;

    public static IReadOnlyList<ChatPart> Of(HomeContent home)
    {
        var parts = new List<ChatPart>
        {
            new ChatPart.Actions(
            [
                new ChatButton(ChatActions.RequestAccess, "Request access", ChatActions.Nothing, ButtonStyle.Primary),
                .. home.MayTakeEmergency ? [new ChatButton(ChatActions.BreakGlass, "Emergency access", ChatActions.Nothing, ButtonStyle.Danger)] : Array.Empty<ChatButton>(),
            ]),
        };
        Section(parts, "Waiting on me", home.Waiting, s => Waiting(s, home.Email), ChatText.Of($"Nothing waits for you. What you may decide shows up here."), "pending");
        Section(parts, "My access", home.Access, Access, ChatText.Of($"You hold no access. Press {Say.Strong("Request access")} above: it starts when it is approved and ends by itself."), "mine");
        Section(parts, "My requests", home.Requests, Asked, ChatText.Of($"You wait for nobody's decision."), "mine");
        parts.Add(new ChatPart.Rule());
        parts.Add(new ChatPart.Heading("Ask again"));
        parts.AddRange(home.Again.Select(a => Again(a, home.Now)));
        if (home.Again.Count == 0)
            parts.Add(new ChatPart.Fine(ChatText.Of($"What you asked for before shows up here, to be asked for again with one press.")));
        parts.Add(new ChatPart.Rule());
        parts.Add(new ChatPart.Fine(ChatText.Of($"For {home.Name} · as of {Say.Exact(home.Now, home.Now)} · {Say.Command("help")} shows what you can type")));
        return parts;
    }

    /// <summary>A Home that has nothing but a reason for it.</summary>
    public static IReadOnlyList<ChatPart> Nothing(Refusal why) => [new ChatPart.Status(Tone.Bad, ChatText.Plain(why.Text))];

    private static void Section(
        List<ChatPart> parts, string title, HomeList<RequestStory> list, Func<RequestStory, IEnumerable<ChatPart>> entry, ChatText whenEmpty, string all)
    {
        parts.Add(new ChatPart.Rule());
        parts.Add(new ChatPart.Heading(list.Count == 0 ? title : $"{title} ({list.CountText})"));
        if (list.Count == 0)
            parts.Add(new ChatPart.Fine(whenEmpty));
        foreach (var story in list.Shown)
            parts.AddRange(entry(story));
        if (list.Count > list.Shown.Count)
            parts.Add(new ChatPart.Fine(ChatText.Of($"The first {list.Shown.Count} of {list.CountText}. {Say.Command(all)} and {Say.Code("jit " + all)} list more.")));
    }

    private static IEnumerable<ChatPart> Waiting(RequestStory story, string reader)
    {
        if (story.IsEmergency)
        {
            yield return new ChatPart.Status(Tone.Alarm, ChatText.Of($"{Say.Strong("Emergency")} · {EmergencyCard.Headline(story)}"));
            yield return new ChatPart.Verbatim("Why", Cut.To(Clean.Line(story.Request.Reason), ReasonShown));
            foreach (var line in EmergencyCard.ReviewLines(story))
                yield return line;
            yield return new ChatPart.Actions(EmergencyCard.Buttons(story));
            yield break;
        }

        yield return new ChatPart.Paragraph(ApprovalCard.Headline(story));
        if (Clean.Line(story.Request.Reason) is { Length: > 0 } reason)
            yield return new ChatPart.Verbatim("Why", Cut.To(reason, ReasonShown));
        var risk = story.IsHighRisk ? ChatText.Of($" · {Say.Strong("High risk")}") : ChatText.Empty;
        yield return new ChatPart.Fine(ChatText.Of($"Waiting for {Age(story)} · {ApprovalCard.Because(story, reader)}{risk}"));
        yield return new ChatPart.Actions(ApprovalCard.Buttons(story));
    }

    private static IEnumerable<ChatPart> Access(RequestStory story)
    {
        var (grant, now) = (story.Grant!, story.Now);
        var title = Say.Strong(story.Title);
        yield return grant.State switch
        {
            "active" => new ChatPart.Status(Tone.Good, ChatText.Of($"{title} until {Say.Time(grant.EndsAt, now)}")),
            "scheduled" => new ChatPart.Status(Tone.Waiting, ChatText.Of($"{title} from {Say.Time(grant.StartsAt, now)} until {Say.Time(grant.EndsAt, now)}")),
            _ => Ending(story, title),
        };
        yield return new ChatPart.Fine(ChatText.Of($"{Used(story)}{(story.EndsBy is { } ends ? $" · Ends by: {ends}" : "")}"));
        if (AskerCard.AccessButtons(story) is { Count: > 0 } buttons)
            yield return new ChatPart.Actions(buttons);
    }

    private static ChatPart.Status Ending(RequestStory story, Piece title)
    {
        var status = StatusLines.Of(story).OfType<ChatPart.Status>().First();
        return status with { Text = ChatText.Of($"{title}: {status.Text}") };
    }

    private static IEnumerable<ChatPart> Asked(RequestStory story)
    {
        var title = story.Request.IsExtension ? "More time on " + story.Title : story.Title;
        var what = ChatText.Of($"{Say.Strong(title)} for {Say.Strong(story.AskedDuration)} · asked {Say.Time(story.Request.CreatedAt, story.Now)}");
        yield return new ChatPart.Row(what, AskerCard.Buttons(story)[0]);
        var progress = StatusLines.Of(story).OfType<ChatPart.Status>().Select(s => s.Text).FirstOrDefault() is { } some ? ChatText.Of($"{some} · ") : ChatText.Empty;
        var needs = RuleText.Of(story.Bench.Rule, story.Request.Requester, story.Bench.Directory);
        yield return new ChatPart.Fine(ChatText.Of($"{progress}Needs {needs} · lapses {Say.Time(story.Request.LapsesAt, story.Now)}"));
    }

    private static ChatPart.Row Again(PastAsk past, DateTimeOffset now)
    {
        var became = RequestLifecycle.Parse(past.Request.State) switch
        {
            RequestState.Denied => "denied",
            RequestState.Cancelled => "withdrawn",
            RequestState.Lapsed => "lapsed",
            _ => "granted",
        };
        var at = Say.Time(past.Request.SettledAt ?? past.Request.CreatedAt, now);
        return new ChatPart.Row(
            ChatText.Of($"{Say.Strong(past.Title)} for {Say.Strong(Durations.Human(past.Request.Duration))} · {became} {at}"),
            new ChatButton(ChatActions.RequestAgain, "Ask again", past.Request.Id));
    }

    private static string Used(RequestStory story) => story.Collections switch
    {
        0 => "Not collected yet",
        1 => "Collected once",
        var times => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Collected {times} times"),
    };

    private static string Age(RequestStory story)
    {
        var age = story.Now - story.Request.CreatedAt;
        return age < TimeSpan.FromMinutes(1) ? "less than a minute" : Durations.Human(TimeSpan.FromMinutes(Math.Floor(age.TotalMinutes)));
    }
}
