using System.Text.Json.Nodes;
using JitBroker.Playground.Teams.Cards;

namespace JitBroker.Tests.Playground.Teams;

/// <summary>The playground refuses the cards that Teams would refuse or show as broken (chat-wire B6), and names the place.</summary>
public sealed class CardShapeTests
{
    private static string With(string body, string more = "") => $$"""{"type":"AdaptiveCard","$schema":"http://adaptivecards.io/schemas/adaptive-card.json","version":"1.5","body":[{{body}}]{{more}}}""";

    private const string Line = """{"type":"TextBlock","text":"x"}""";

    private static string Actions(int count) => $",\"actions\":[{string.Join(',', Enumerable.Range(0, count).Select(i => $$$"""{"type":"Action.Execute","title":"{{{i}}}","verb":"v","data":{}}"""))}]";

    private static string Refresh(int people) =>
        $$$""","refresh":{"action":{"type":"Action.Execute","verb":"refresh","data":{}},"userIds":[{{{string.Join(',', Enumerable.Range(0, people).Select(i => $"\"29:{i}\""))}}}]}""";

    public static TheoryData<string> Fine => new()
    {
        With("""{"type":"TextBlock","text":"x","wrap":true,"weight":"Bolder","size":"ExtraLarge","color":"Attention","style":"heading"}"""),
        With("""{"type":"RichTextBlock","inlines":["plain",{"type":"TextRun","text":"x","italic":true,"fontType":"Monospace"}]}"""),
        With("""{"type":"FactSet","facts":[{"title":"Why","value":"INC-42"}]}"""),
        With("""{"type":"Container","style":"warning","bleed":true,"items":[{"type":"ColumnSet","columns":[{"type":"Column","width":"auto","items":[{"type":"TextBlock","text":"x"}]},{"type":"Column","width":2,"items":[]}]}]}"""),
        With("""{"type":"Input.Text","id":"in_reason","label":"Why?","isRequired":true,"errorMessage":"Say why","maxLength":500,"isMultiline":true,"regex":"INC-\\d+"}"""),
        With("""{"type":"Input.ChoiceSet","id":"in_duration","style":"filtered","choices":[{"title":"1 h","value":"PT1H"}],"value":"PT1H"}"""),
        With("""{"type":"ActionSet","actions":[{"type":"Action.OpenUrl","title":"See it","url":"https://broker.example/r/1"}]}"""),
        With("""{"type":"TextBlock","text":"<at>Ana</at> asks"}""", ""","msteams":{"width":"Full","entities":[{"type":"mention","text":"<at>Ana</at>","mentioned":{"id":"29:a","name":"Ana"}}]}"""),
        With(Line, ""","actions":[{"type":"Action.ShowCard","title":"Deny…","card":{"type":"AdaptiveCard","body":[{"type":"Input.Text","id":"r"}],"actions":[{"type":"Action.Execute","title":"Deny","verb":"deny","style":"destructive"}]}}]"""),
        With("""{"type":"TextBlock","text":"x","fallback":"drop"}"""), With(Line, Actions(6)), With(Line, Refresh(60)),
    };

    public static TheoryData<string, string> Wrong => new()
    {
        { With("""{"type":"TextBlok","text":"x"}"""), "unsupported type: TextBlok" },
        { With("""{"type":"TextBlock"}"""), "missing required field: text" },
        { With("""{"type":"TextBlock","text":"x","colour":"good"}"""), "invalid additional property: colour" },
        { With("""{"type":"TextBlock","text":"x","color":"green"}"""), "[json-pointer:/body/0/color]" },
        { With("""{"type":"TextBlock","text":"x","wrap":"true"}"""), "must be a boolean [json-pointer:/body/0/wrap]" },
        { With(Line).Replace("1.5", "1.6", StringComparison.Ordinal), "unsupported version" },
        { With(""), "an empty card" },
        { With(Line, Actions(7)), "no more than 6 items" },
        { With(Line, Refresh(61)), "no more than 60 items" },
        { With(Line, ""","actions":[{"type":"Action.Http","title":"x","url":"https://x.example"}]"""), "unsupported type: Action.Http" },
        { With(Line, ""","actions":[{"type":"Action.Execute","verb":"x"}]"""), "missing required field: title" },
        { With(Line, ""","actions":[{"type":"Action.Execute","title":"x","style":"danger"}]"""), "[json-pointer:/actions/0/style]" },
        { With(Line, ""","actions":[{"type":"Action.OpenUrl","title":"x","url":"javascript:alert(1)"}]"""), "must be a valid URL" },
        { With("""{"type":"Input.Text","label":"x"}"""), "missing required field: id" },
        { With("""{"type":"Input.Text","id":"a"},{"type":"Input.Text","id":"a"}"""), "id `a` already exists" },
        { With("""{"type":"Input.ChoiceSet","id":"a","choices":[]}"""), "must have at least one of: choices" },
        { With("""{"type":"FactSet","facts":[{"title":"x"}]}"""), "missing required field: value" },
        { With("""{"type":"TextBlock","text":"<at>Ana</at> asks"}"""), "is not declared in msteams.entities" },
        { With(Line, ""","refresh":{"action":{"type":"Action.Submit","data":{}}}"""), "unsupported type: Action.Submit" },
        { With("""{"type":"Table","rows":[]}"""), "unsupported type: Table" },
    };

    [Theory]
    [MemberData(nameof(Fine))]
    public void A_card_that_Teams_shows_is_taken(string card) => Assert.Empty(CardShape.Faults(JsonNode.Parse(card)));

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_card_that_Teams_would_not_show_is_refused_with_its_place(string card, string why) =>
        Assert.Contains(CardShape.Faults(JsonNode.Parse(card)), fault => fault.Contains(why, StringComparison.Ordinal));

    [Fact]
    public void In_a_dialog_only_a_submit_reaches_the_bot()
    {
        Assert.NotEmpty(CardShape.Faults(JsonNode.Parse(With(Line, Actions(1))), inDialog: true));
        Assert.Empty(CardShape.Faults(JsonNode.Parse(With(Line, ""","actions":[{"type":"Action.Submit","title":"Ask","data":{"verb":"request"}}]""")), inDialog: true));
    }
}
