using System.Text.Json.Nodes;
using JitBroker.People.Scim;

namespace JitBroker.Server.Scim;

/// <summary>A group between SCIM's form and ours.</summary>
internal static class ScimGroupForm
{
    private const int LongestText = 255;
    private const int MostMembers = 20_000;

    /// <summary>All of it, for a group that is made or replaced. Members that it does not name are none.</summary>
    /// <exception cref="ScimException">400 <c>invalidValue</c>.</exception>
    public static ScimGroupChange Whole(JsonObject from) => new(
        Text(from["displayName"], "displayName") ?? throw ScimException.Invalid("invalidValue", "displayName is missing."),
        SetsExternalId: true,
        Text(from["externalId"], "externalId"),
        Members(from["members"]));

    /// <summary>Operations one after another, as one change.</summary>
    /// <exception cref="ScimException">400.</exception>
    public static ScimGroupChange Patched(IEnumerable<ScimOperation> operations)
    {
        var change = new ScimGroupChange(Add: new HashSet<string>(), Remove: new HashSet<string>());
        foreach (var operation in operations)
            change = Apply(change, operation);
        return change;
    }

    private static ScimGroupChange Apply(ScimGroupChange change, ScimOperation operation)
    {
        var path = operation.Path;
        switch (path.Attribute)
        {
            case "members":
                return Members(change, operation);
            case "displayname" when operation.Kind == "remove":
                throw ScimException.Invalid("invalidValue", "A group needs its displayName.");
            case "displayname":
                return change with { DisplayName = Text(operation.Value, "displayName") ?? throw ScimException.Invalid("invalidValue", "displayName is empty.") };
            case "externalid":
                return change with { SetsExternalId = true, ExternalId = operation.Kind == "remove" ? null : Text(operation.Value, "externalId") };
            default:
                // id in a value without a path, attributes of other schemas: nothing that is kept here.
                return change;
        }
    }

    private static ScimGroupChange Members(ScimGroupChange change, ScimOperation operation)
    {
        var named = operation.Path.Filter is { } filter ? Named(filter) : Members(operation.Value);
        var isAll = operation.Path.Filter is null;
        return operation.Kind switch
        {
            "add" => Add(change, named),
            "replace" when isAll => change with { Members = named, Add = new HashSet<string>(), Remove = new HashSet<string>() },
            "remove" when isAll && operation.Value is null => change with { Members = new HashSet<string>(), Add = new HashSet<string>(), Remove = new HashSet<string>() },
            "remove" => Remove(change, named),
            _ => throw ScimException.Invalid("noTarget", "A member cannot be replaced by a part of it: remove it and add another."),
        };
    }

    private static ScimGroupChange Add(ScimGroupChange change, IReadOnlySet<string> named) => change.Members is { } all
        ? change with { Members = all.Union(named).ToHashSet(StringComparer.Ordinal) }
        : change with { Add = change.Add!.Union(named).ToHashSet(StringComparer.Ordinal), Remove = change.Remove!.Except(named).ToHashSet(StringComparer.Ordinal) };

    private static ScimGroupChange Remove(ScimGroupChange change, IReadOnlySet<string> named) => change.Members is { } all
        ? change with { Members = all.Except(named).ToHashSet(StringComparer.Ordinal) }
        : change with { Remove = change.Remove!.Union(named).ToHashSet(StringComparer.Ordinal), Add = change.Add!.Except(named).ToHashSet(StringComparer.Ordinal) };

    private static HashSet<string> Named(IReadOnlyList<ScimTerm> filter) => filter is [{ Path: "value", Operator: "eq", Value: string id }]
        ? new HashSet<string>(StringComparer.Ordinal) { id }
        : throw ScimException.Invalid("invalidFilter", "Members are found by value eq \"…\" only.");

    private static HashSet<string> Members(JsonNode? value)
    {
        var list = value switch { null => [], JsonArray array => array, _ => new JsonArray(value.DeepClone()) };
        if (list.Count > MostMembers)
            throw ScimException.Invalid("tooMany", "A group has at most 20,000 members in one call.");
        return list.Select(Member).ToHashSet(StringComparer.Ordinal);
    }

    private static string Member(JsonNode? member) => ScimJson.Text((member as JsonObject)?["value"]) is { Length: > 0 and <= 100 } id && id.All(char.IsAsciiLetterOrDigit)
        ? id
        : throw ScimException.Invalid("invalidValue", "A member is an object with the id of a user as its value.");

    private static string? Text(JsonNode? value, string name)
    {
        if (value is null)
            return null;
        if (ScimJson.Text(value) is not { } text || text.Length > LongestText || text.Any(char.IsControl))
            throw ScimException.Invalid("invalidValue", $"{name} is not a text of at most 255 visible characters.");
        return text.Trim().Length == 0 ? null : text.Trim();
    }
}
