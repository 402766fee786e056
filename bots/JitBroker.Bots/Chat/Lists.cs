using JitBroker.People;
using JitBroker.Requests;

namespace JitBroker.Bots.Chat;

/// <summary>The lists <c>mine</c> and <c>pending</c>, with the buttons of what can be done.</summary>
public sealed class Lists(RequestReader reader, ReadStory stories)
{
    private const int Shown = 8;

    /// <summary>Access this person holds and requests of theirs that wait.</summary>
    public async Task<ChatMessage> MineAsync(Actor actor, CancellationToken cancellationToken)
    {
        var held = await reader.ListGrantsAsync(actor.Email, new GrantQuery(Mine: true, Limit: 50), cancellationToken);
        var waiting = await reader.ListAsync(actor.Email, new RequestQuery(RequestState.Pending, Mine: true, Limit: Shown), cancellationToken);
        var live = held.Items.Where(g => g.Grant.State is not "ended").Select(g => g.Grant.RequestId).ToList();
        if (live.Count == 0 && waiting.Items.Count == 0)
            return ChatMessage.Sentence(ChatText.Of($"You hold no access and wait for none. {Say.Command("request")} opens the form."));
        var parts = new List<ChatPart>();
        await AddAsync(parts, "Your access", live, AskerCard.AccessButtons, cancellationToken);
        await AddAsync(parts, "Waiting for a decision", [.. waiting.Items.Select(d => d.Request.Id)], AskerCard.Buttons, cancellationToken);
        return new ChatMessage(ChatText.Of($"{live.Count} live, {waiting.Items.Count} waiting"), parts);
    }

    /// <summary>Requests that wait for this person's word, the oldest first.</summary>
    public async Task<ChatMessage> PendingAsync(Actor actor, CancellationToken cancellationToken)
    {
        var page = await reader.ListAsync(actor.Email, new RequestQuery(AwaitingMe: true, Limit: 100), cancellationToken);
        var reviews = await reader.AwaitingReviewAsync(actor.Email, 100, cancellationToken);
        if (page.Items.Count == 0 && reviews.Count == 0)
            return ChatMessage.Sentence("Nothing waits for you.");
        var parts = new List<ChatPart>();
        await AddAsync(parts, "Emergencies to review", [.. reviews], EmergencyCard.Buttons, cancellationToken);
        await AddAsync(parts, "Waiting for you", [.. page.Items.Select(d => d.Request.Id).Reverse()], ApprovalCard.Buttons, cancellationToken);
        return new ChatMessage(ChatText.Of($"{page.Items.Count + reviews.Count} waiting for you"), parts);
    }

    private async Task AddAsync(
        List<ChatPart> parts, string title, List<string> requestIds, Func<RequestStory, IReadOnlyList<ChatButton>> buttons, CancellationToken cancellationToken)
    {
        if (requestIds.Count == 0)
            return;
        parts.Add(new ChatPart.Paragraph(ChatText.Of($"{Say.Strong(title)}")));
        foreach (var id in requestIds.Take(Shown))
        {
            if (await stories.HandleAsync(id, cancellationToken) is not { } story)
                continue;
            parts.Add(new ChatPart.Rule());
            parts.AddRange(Entry(story));
            if (buttons(story) is { Count: > 0 } some)
                parts.Add(new ChatPart.Actions(some));
        }

        if (requestIds.Count > Shown)
            parts.Add(new ChatPart.Fine(ChatText.Of($"and {requestIds.Count - Shown} more: {Say.Code("jit mine")} and {Say.Code("jit pending")} show all")));
    }

    private static IEnumerable<ChatPart> Entry(RequestStory story)
    {
        yield return new ChatPart.Paragraph(ChatText.Of($"{Say.Strong(story.Title)} · {story.Asker} · {story.Duration} · asked {Say.Time(story.Request.CreatedAt, story.Now)}"));
        if (Clean.Line(story.Request.Reason) is { Length: > 0 } reason)
            yield return new ChatPart.Verbatim("Why", Cut.To(reason, 300));
        var status = StatusLines.Of(story).ToList();
        foreach (var part in status.Concat(EmergencyCard.ReviewLines(story)))
            yield return part;
        yield return new ChatPart.Fine(story.Request.IsPending
            ? ChatText.Of($"needs {story.Missing} more · lapses {Say.Time(story.Request.LapsesAt, story.Now)} · {Say.Code(story.Request.Id)}")
            : ChatText.Of($"{Say.Code(story.Grant?.Id ?? story.Request.Id)}"));
    }
}
