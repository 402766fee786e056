using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>Topics and groups of one entitlement. Those that reach further than they read are faults, unless the entitlement says why.</summary>
internal sealed partial class KafkaNames(bool isWideAllowed)
{
    /// <summary>With less, a prefix is a letter of the alphabet.</summary>
    private const int ShortestPrefix = 3;

    private readonly WideGrants _wide = new(isWideAllowed);

    private static readonly string[] Operations = ["read", "write", "create", "delete", "describe", "describe_configs", "alter", "alter_configs", "all"];

    /// <summary>Null with a problem when it is none.</summary>
    public JsonObject? Topic(Field field) => Resource(field, "topic", OperationsOf);

    public JsonObject? Group(Field field) => Resource(field, "group", null);

    private JsonObject? Resource(Field field, string what, Func<FieldMap, List<string>>? operations)
    {
        if (field.Map("a map with name and pattern") is not { } map)
            return null;
        var pattern = map.Take("pattern")?.OneOf("literal", "prefixed") ?? "literal";
        var json = new JsonObject { ["name"] = NameOf(map, what, pattern), ["pattern"] = pattern };
        if (operations is not null)
            json["operations"] = JsonValues.Texts(operations(map));
        map.Close();
        return json;
    }

    private string? NameOf(FieldMap map, string what, string pattern)
    {
        if (map.Need("name", "Name it.") is not { } field)
            return null;
        if (field.Node is YamlScalar { IsNull: false, Text: var text } && text.Trim() is "" or "*")
            return Everything(field, text.Trim(), what, pattern);
        if (field.Text(ResourceName(), "a Kafka name: 1 to 249 letters, digits, dots, dashes and underscores (no wildcard)", 249) is not { } name)
            return null;
        if (isWideAllowed)
            return name;
        if (name.StartsWith("__", StringComparison.Ordinal) || (pattern == "prefixed" && name == "_"))
            _wide.Fault(field, $"reaches Kafka's own {what}s, with the offsets and transactions of everybody");
        else if (pattern == "prefixed" && name.Length < ShortestPrefix)
            _wide.Fault(field, $"is a prefix of fewer than {ShortestPrefix} characters, and reaches every {what} that begins so");
        else
            return name;
        return null;
    }

    private string? Everything(Field field, string text, string what, string pattern)
    {
        if (text.Length == 0)
            field.FaultHere($"An empty {(pattern == "prefixed" ? "prefix" : "name")} is every {what} of the cluster", "Name what is meant; for everything write name: \"*\" with allowWide: \"reason\".");
        else if (pattern == "prefixed")
            field.Fault("is no prefix", "For everything write pattern: literal with allowWide: \"reason\".");
        else if (!isWideAllowed)
            _wide.Fault(field, $"is every {what} of the cluster, those to come included");
        else
            return text;
        return null;
    }

    private List<string> OperationsOf(FieldMap map)
    {
        var field = map.Need("operations", "Say what may be done: operations: [read].");
        if (field is { Node: YamlList { Items.Count: 0 } })
            field.FaultHere("No operation is named", $"Choose of {string.Join(", ", Operations)}.");
        var named = new List<string>();
        foreach (var item in field?.List("a list of operations") ?? [])
        {
            if (item.OneOf(Operations) is not { } operation)
                continue;
            if (!isWideAllowed && Wide(operation) is { } reach)
                _wide.Fault(item, reach);
            else if (!named.Contains(operation, StringComparer.Ordinal))
                named.Add(operation);
        }

        return named;
    }

    private static string? Wide(string operation) => operation switch
    {
        "all" => "is every operation, deleting and configuring included",
        "alter" => "changes how the topic is partitioned, for everybody",
        "alter_configs" => "can throw away what the topic holds, by its retention",
        _ => null,
    };

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,249}\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex ResourceName();
}
