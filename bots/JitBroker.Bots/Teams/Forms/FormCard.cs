using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;

namespace JitBroker.Bots.Teams;

/// <summary>Where a form is shown.</summary>
/// <param name="IsDialog">In a dialog; otherwise in the card itself.</param>
/// <param name="Origin">The card that comes back after it; null: none.</param>
/// <param name="Offset">The reader's own time against UTC: Teams sends dates and times of day without a zone.</param>
internal sealed record FormPlace(bool IsDialog, CardOrigin? Origin, TimeSpan Offset);

/// <summary>Turns a form into a card, always within <see cref="CardLimits"/>: of more choices than fit the first are offered, and the form says so. A fault stands under its field.</summary>
internal static class FormCard
{
    /// <summary>Fills in what depends on what was chosen, and sends nothing.</summary>
    public const string Check = "request_check";

    public static JsonObject Of(ChatForm form, FormPlace place)
    {
        var most = form.Parts.OfType<FormPart.Field>().Select(f => f.Input).OfType<FieldInput.Search>().Select(s => s.Options.Count).DefaultIfEmpty(0).Max();
        for (var offered = most; ; offered /= 2)
        {
            var card = Card(form, place, offered);
            if (CardJson.SizeOf(card) <= CardLimits.Card || offered == 0)
                return card;
        }
    }

    private static JsonObject Card(ChatForm form, FormPlace place, int offered)
    {
        var body = new JsonArray();
        if (!place.IsDialog)
            body.Add(CardMarkdown.Heading(form.Title));
        foreach (var element in form.Parts.SelectMany(p => Elements(p, place, offered, isChecked: !IsLive(form))))
            body.Add(element);
        var buttons = CardJson.Array(Buttons(form, place));
        if (!place.IsDialog)
            body.Add(new JsonObject { ["type"] = "ActionSet", ["actions"] = buttons });
        var card = CardRenderer.Frame(CardMarkdown.Inert(form.Title), body, new CardMarkdown(), CardView.InPerson());

        // A dialog has a place of its own for them, below what scrolls.
        if (place.IsDialog)
            card["actions"] = buttons;
        return card;
    }

    private static IEnumerable<JsonNode> Buttons(ChatForm form, FormPlace place)
    {
        var about = form.About ?? ChatActions.Nothing;
        yield return CardActions.Send(form.Submit, form.Name, about, place.Origin, place.IsDialog, form.Name is DenyForm.Name or EmergencyAccessForm.Name ? ButtonStyle.Danger : ButtonStyle.Primary);
        if (IsLive(form))
            yield return CardActions.Send("Who will be asked?", Check, about, place.Origin, place.IsDialog, ButtonStyle.Plain);
        if (!place.IsDialog && place.Origin is { } origin)
            yield return CardActions.Leave("Cancel", origin);
    }

    private static bool IsLive(ChatForm form) => form.Parts.OfType<FormPart.Field>().Any(f => f.IsLive);

    private static IEnumerable<JsonNode> Elements(FormPart part, FormPlace place, int offered, bool isChecked)
    {
        switch (part)
        {
            case FormPart.Text { Tone: { } tone } standing:
                yield return CardRenderer.Standing(tone, standing.Said, CardLimits.Text);
                break;
            case FormPart.Text text:
                yield return CardText.Block(text.Said, CardLimits.Text);
                break;
            case FormPart.Verbatim verbatim:
                yield return CardText.Verbatim(verbatim.Label, verbatim.Said, CardLimits.Text);
                break;
            case FormPart.Field field:
                foreach (var input in FormInputs.Of(field, place.Offset, offered, isChecked))
                    yield return input;
                if (field.Hint is { } hint)
                    yield return CardText.Block(ChatText.Plain(hint), CardLimits.Fault, isFine: true);
                if (field.Input is FieldInput.Search search && search.Options.Count > offered)
                    yield return CardText.Block(ChatText.Of($"The first {offered.ToString(CultureInfo.InvariantCulture)} of {search.Options.Count}. For another, send {Say.Command("request NAME")}."), CardLimits.Fault, isFine: true);
                if (field.Fault is { } fault)
                    yield return Fault(fault);
                break;
            default:
                throw new InvalidOperationException($"{part.GetType().Name} cannot be rendered.");
        }
    }

    /// <summary>A word, a sign and a colour.</summary>
    private static JsonObject Fault(string fault) => new()
    {
        ["type"] = "Container", ["style"] = "attention", ["spacing"] = "None", ["items"] = CardJson.Array([CardText.Block(ChatText.Plain(fault), CardLimits.Fault, "⚠")]),
    };
}
