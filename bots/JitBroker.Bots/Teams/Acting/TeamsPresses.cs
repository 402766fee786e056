using JitBroker.Bots.Chat;
using JitBroker.Outbox;
using JitBroker.People;
using JitBroker.Policy;
using JitBroker.Storage;

namespace JitBroker.Bots.Teams;

/// <summary>
/// Buttons on cards: <c>adaptiveCard/action</c>, and messages of clients that know only <c>Action.Submit</c>. Who presses is what the validated activity says; what is pressed is a look-up key
/// (D4–D6). The presser gets the card anew, or a no that nobody else sees.
/// </summary>
internal sealed class TeamsPresses(
    ChatPresses presses, OpenForms forms, SubmitForms submissions, LinkByChat linking, PersonalCards cards, CopyKeeper copies, TeamsPeople people, TeamsReplies replies, InboxStore inbox)
{
    /// <summary>Put down with the effect, for a twin that comes before the answer is kept: it cannot say more, since the card is read after the commit.</summary>
    private static readonly TeamsAnswer Done = CardAnswers.Said(ChatText.Of($"That is done."));

    public async Task<TeamsAnswer> AnswerAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        var action = activity.Value.At("action");
        if (action.Text("type") != "Action.Execute")
            return CardAnswers.NotSupported(action.Text("type"));
        var pressed = FormData.Of(action.At("data"), action.Text("verb") ?? "", FormData.OffsetOf(activity));
        var outcome = await ActAsync(activity, pressed, Done.ToStored(), cancellationToken);
        return outcome switch
        {
            Pressed.No no => CardAnswers.Refused(no.Refusal),
            Pressed.Asks asks => CardAnswers.Card(FormCard.Of(asks.Form, new FormPlace(IsDialog: false, pressed.Origin, FormData.OffsetOf(activity)))),
            Pressed.Shows shows => await ShowAsync(activity, shows, pressed, cancellationToken),
            _ => throw new InvalidOperationException($"{outcome.GetType().Name} is no outcome of a press."),
        };
    }

    /// <summary>A press that came as a message: what it says is told in private, and the cards tell the rest.</summary>
    public async Task TellAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        var pressed = FormData.Of(activity.Value, verb: null, FormData.OffsetOf(activity));
        var outcome = await ActAsync(activity, pressed, answer: null, cancellationToken);
        var said = outcome switch
        {
            Pressed.No no => TeamsWords.Message(no.Refusal),
            Pressed.Shows shows => shows.Said,
            _ => null,
        };
        if (outcome is Pressed.Asks asks)
            await replies.SayAsync(activity, FormMessage.Of(asks.Form, FormData.OffsetOf(activity)), cancellationToken);
        else if (said is not null)
            await replies.SayAsync(activity, said, cancellationToken);
    }

    private async Task<TeamsAnswer> ShowAsync(TeamsActivity activity, Pressed.Shows shows, FormData pressed, CancellationToken cancellationToken)
    {
        if (shows.Reader is { } reader && pressed.Origin is { } origin && await cards.OfAsync(activity, reader, origin, shows.Said, cancellationToken) is { } card)
            return CardAnswers.Card(card);
        if (pressed.Verb == CardRenderer.Refresh)
            return CardAnswers.Refused(Unseen());

        // A question that is answered makes room for its answer, and so does a form; what else stands there stays.
        var said = shows.Said ?? ChatMessage.Sentence("That is done. The cards say the rest.");
        return shows.Replaces ? CardAnswers.Card(CardRenderer.Render(said, CardView.InPerson())) : CardAnswers.Said(said.Summary);
    }

    private async Task<Pressed> ActAsync(TeamsActivity activity, FormData pressed, string? answer, CancellationToken cancellationToken)
    {
        if (pressed.Verb == ChatActions.LinkAccount)
            return await LinkAsync(activity, cancellationToken);
        var isForm = FormNames.IsSent(pressed);
        var assurance = isForm ? (SubmitForms.Decides(pressed.Verb) ? Assurance.Certain : Assurance.Known) : pressed.Verb is CardRenderer.Refresh or FormCard.Check ? Assurance.Known : ChatPresses.AssuranceFor(pressed.Verb);
        var who = await people.ResolveAsync(activity, isForm ? SubmitForms.AttemptOf(pressed.Verb) : ChatPresses.AttemptOf(pressed.Verb), assurance, cancellationToken);
        if (who.Refusal is { } stranger)
            return new Pressed.No(stranger);
        var actor = who.Value!;
        if (pressed.Verb == CardRenderer.Refresh)
            return new Pressed.Shows(actor, null, Replaces: false);
        if (pressed.Verb == FormCard.Check)
            return new Pressed.Asks(await forms.RequestAsync(actor, RequestAccessForm.Read(pressed.Entered), cancellationToken));
        if (PressedCard.Of(activity, pressed.Origin) is { } message)
            await copies.NoteAsync(message, actor, pressed.Verb, pressed.Id, cancellationToken);
        if (isForm)
            return await SendAsync(activity, actor, pressed, answer, cancellationToken);
        if (await presses.FormAsync(actor, pressed.Verb, pressed.Id, cancellationToken) is { } form)
            return form.Refusal is { } no ? new Pressed.No(no) : new Pressed.Asks(form.Value!);
        var reply = await presses.RunAsync(actor, pressed.Verb, pressed.Id, isCardFar: pressed.Origin?.Card is CardNames.Pending or CardNames.Home, Together(activity, answer), cancellationToken);
        return reply.Refusal is { } refusal ? new Pressed.No(refusal) : new Pressed.Shows(actor, reply.Message, Replaces: IsQuestion(pressed.Verb));
    }

    private async Task<Pressed> SendAsync(TeamsActivity activity, Actor actor, FormData pressed, string? answer, CancellationToken cancellationToken)
    {
        var sent = (await submissions.HandleAsync(actor, pressed.Verb, FormNames.AboutOf(pressed), pressed.Entered, Together(activity, answer), cancellationToken))!;
        if (sent.Faults.Count == 0)
            return new Pressed.Shows(actor, sent.Reply.Message, Replaces: true);
        var again = await forms.ReopenAsync(actor, pressed.Verb, FormNames.AboutOf(pressed), pressed.Entered, cancellationToken);
        return again.Refusal is { } refusal ? new Pressed.No(refusal) : new Pressed.Asks(again.Value!.Answered(pressed.Entered, sent.Faults));
    }

    /// <summary>Also for an account that is nobody's yet; Teams must have said what kind of account it is.</summary>
    private async Task<Pressed> LinkAsync(TeamsActivity activity, CancellationToken cancellationToken)
    {
        var side = await people.SideAsync(activity, "chat.link", cancellationToken);
        if (side.Refusal is { } stranger)
            return new Pressed.No(stranger);
        var reply = await linking.ShowAsync(side.Value!, cancellationToken);
        return reply.Refusal is { } refusal ? new Pressed.No(refusal) : new Pressed.Shows(null, reply.Message, Replaces: true);
    }

    private Func<Session, CancellationToken, Task> Together(TeamsActivity activity, string? answer) => (session, token) => inbox.FinishAsync(session, activity.DeliveryId, answer, token);

    private static bool IsQuestion(string verb) => verb is ChatActions.LoginConfirm or ChatActions.LoginRefuse or ChatActions.LinkConfirm or ChatActions.LinkRefuse or ChatActions.NotMe;

    private static Refusal Unseen() => new(Codes.NotFound, "There is nothing here that is yours to see.");

    /// <summary>What came of a press, before it is told.</summary>
    private abstract record Pressed
    {
        private Pressed()
        {
        }

        public sealed record No(Refusal Refusal) : Pressed;

        public sealed record Asks(ChatForm Form) : Pressed;

        /// <param name="Reader">Who the card is shown to anew; null: somebody who is nobody here.</param>
        /// <param name="Replaces">What is said takes the place of what was pressed, if that is no card that is shown anew.</param>
        public sealed record Shows(Actor? Reader, ChatMessage? Said, bool Replaces) : Pressed;
    }
}
