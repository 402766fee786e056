using System.Collections.Frozen;
using System.Text.Json.Nodes;
using JitBroker.Bots.Chat;
using JitBroker.Bots.Teams;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Requests;
using JitBroker.Tests.Loop;
using JitBroker.Tests.Slack;

namespace JitBroker.Tests.Teams;

/// <summary>The largest that a request can be: 64 approvers with the longest names, in scripts that take most bytes, a reason at its limit, votes of all of them.</summary>
internal static class FattestStory
{
    private static readonly string Longest = string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦漢字", 40));

    public static IEnumerable<RequestStory> All() =>
    [
        Of("pending", voters: 31, isVoid: false), Of("pending", voters: 63, isVoid: true), Of("approved", voters: 63, isVoid: false, "active"), Of("denied", voters: 40, isVoid: false),
    ];

    /// <summary>The whole activity as it is sent.</summary>
    public static JsonObject Activity(ChatMessage message, JsonObject card) => new()
    {
        ["type"] = "message",
        ["id"] = new string('1', 200),
        ["from"] = new JsonObject { ["id"] = "28:" + new string('a', 36) },
        ["summary"] = CardRenderer.Summary(message),
        ["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = card }),
        ["channelData"] = new JsonObject { ["notification"] = new JsonObject { ["alert"] = true }, ["channel"] = new JsonObject { ["id"] = new string('c', 200) }, ["tenant"] = new JsonObject { ["id"] = new string('t', 36) } },
    };

    private static RequestStory Of(string state, int voters, bool isVoid, string grantState = "")
    {
        var name = new string('g', 75);
        string[] everybody = [.. Enumerable.Range(0, 64).Select(i => $"owner{i}@example.com")];
        var story = Stories.Of(state, Longest, grantState, Risk.High);
        var rule = TestCatalog.Rule(new Clause(name, 64), new Clause("data-owners", 1));
        var catalog = TestCatalog.With(everybody, e => e with { Title = Longest, Risk = Risk.High, Approval = rule });
        var people = catalog.People.ToDictionary(p => p.Key, p => p.Value with { Person = p.Value.Person with { Name = Longest } }, StringComparer.Ordinal);
        catalog = catalog with
        {
            People = people.ToFrozenDictionary(StringComparer.Ordinal),
            Groups = catalog.Groups.Append(KeyValuePair.Create(name, new Group(name, everybody.Take(isVoid ? 1 : 64).ToFrozenSet(StringComparer.Ordinal), null))).ToFrozenDictionary(StringComparer.Ordinal),
        };
        var directory = PeopleDirectory.Of(catalog);
        var entitlement = catalog.Entitlements[TestCatalog.Two];
        var content = RequestContent.Pin(catalog, entitlement, rule, "ana@example.com", TimeSpan.FromHours(1)).ToText();
        var request = story.Request with { Reason = string.Concat(Enumerable.Repeat("漢字", 1000)), SettledBecause = state == "denied" ? string.Concat(Enumerable.Repeat("漢字", 500)) : story.Request.SettledBecause, Content = content, ContentHash = RequestContent.Hash(content) };
        var votes = everybody.Take(voters).Select((email, i) => new Decision
        {
            Id = $"01JDA0000000000000000DE{i:D3}", RequestId = request.Id, Person = email, Verdict = "approve", At = Stories.Now, Surface = "teams", Counted = true, DurationS = 60 + i,
        }).ToList();
        return story with { Title = Longest, Details = story.Details with { Bench = new Bench(directory, request, votes) } };
    }
}
