using JitBroker.Policy;

namespace JitBroker.Catalog.Loading;

/// <summary>
/// Reads an approval rule in any of its forms: <c>auto</c>; a list of clauses; <c>{ stages: […] }</c>; <c>{ auto: { conditions }, else: clauses or stages }</c>.
/// </summary>
internal sealed class ApprovalReader(References references, CatalogOptions options)
{
    private const int MostStages = 5;

    private const int MostAlternatives = 5;

    private const int MostClauses = 10;

    public ApprovalRule? Read(Field field, TimeSpan pending)
    {
        if (field.Node is YamlScalar)
            return field.OneOf("auto") is null ? null : new ApprovalRule(new AutoRule(null, null, null), []);
        if (field.Node is YamlList)
            return Stages(field, pending) is { } stages ? new ApprovalRule(null, stages) : null;
        var map = field.Map("a rule")!;
        var (autoField, elseField, stagesField) = (map.Take("auto"), map.Take("else"), map.Take("stages"));
        map.Close();
        if (stagesField is not null && autoField is null && elseField is null)
            return Staged(stagesField, pending) is { } stages ? new ApprovalRule(null, stages) : null;
        if (autoField is null || stagesField is not null)
        {
            field.FaultHere("A rule is auto, a list of clauses, { stages } or { auto, else }", "Write one of these.");
            return null;
        }

        return Conditional(field, autoField, elseField, pending);
    }

    private ApprovalRule? Conditional(Field field, Field autoField, Field? elseField, TimeSpan pending)
    {
        var auto = Auto(autoField);
        if (auto is { OnCall: null, Hours: null, AtMost: null } && autoField.Node is YamlMap { Entries.Count: 0 })
            autoField.FaultHere("There is no condition here", "Name onCall, hours or atMost, or write approval: auto.");
        if (elseField is null)
            field.FaultHere("\"else\" is missing", "Say who decides when the conditions do not hold.");
        var stages = elseField is null ? null : Stages(elseField, pending);
        return auto is null || stages is null ? null : new ApprovalRule(auto, stages);
    }

    private AutoRule? Auto(Field field)
    {
        if (field.Map("a map of conditions { onCall, hours, atMost }") is not { } map)
            return null;
        var onCall = references.Group(map.Take("onCall"));
        var hours = map.Take("hours");
        var text = hours?.Text();
        if (text is not null && !HoursWindow.TryParse(text, out _, out var problem))
            hours!.Fault("is not a window of hours", problem);
        var atMost = map.Take("atMost")?.Duration(options.Limits.MaxDuration, "Broker:MaxDuration");
        map.Close();
        return new AutoRule(onCall, text, atMost);
    }

    /// <summary>A list of clauses is one stage with one alternative.</summary>
    private List<Stage>? Stages(Field field, TimeSpan pending)
    {
        if (field.Node is YamlList)
            return Alternative(field, pending) is { } only ? [new Stage([only])] : null;
        if (field.Map("a list of clauses or { stages: […] }") is not { } map)
            return null;
        var stages = map.Need("stages", "Write stages: [ … ], or a list of clauses.");
        map.Close();
        return Staged(stages, pending);
    }

    private List<Stage>? Staged(Field? field, TimeSpan pending)
    {
        var read = Counted(field, "stages", MostStages).Select(s => Stage(s, pending)).ToList();
        return read.Count == 0 || read.Contains(null) ? null : [.. read.OfType<Stage>()];
    }

    private Stage? Stage(Field field, TimeSpan pending)
    {
        if (field.Node is YamlList)
            return Alternative(field, pending) is { } only ? new Stage([only]) : null;
        if (field.Map("a stage { anyOf: [ [clauses], … ] }") is not { } map)
            return null;
        var anyOf = map.Need("anyOf", "Write anyOf: [ [ { group, votes } ], … ].");
        map.Close();
        var read = Counted(anyOf, "alternatives", MostAlternatives).Select(a => Alternative(a, pending)).ToList();
        return read.Count == 0 || read.Contains(null) ? null : new Stage([.. read.OfType<Alternative>()]);
    }

    private Alternative? Alternative(Field field, TimeSpan pending)
    {
        var read = Counted(field, "clauses", MostClauses).Select(c => Clause(c, pending)).ToList();
        return read.Count == 0 || read.Contains(null) ? null : new Alternative([.. read.OfType<Clause>()]);
    }

    private static IReadOnlyList<Field> Counted(Field? field, string what, int most)
    {
        if (field is null)
            return [];
        var items = field.List($"a list of {what}");
        if (items.Count == 0 && field.Node is YamlList)
            field.FaultHere($"There are no {what}", "An empty rule would ask nobody: name who decides, or write approval: auto.");
        if (items.Count > most)
            field.FaultHere($"There are more than {most.ToString(System.Globalization.CultureInfo.InvariantCulture)} {what}", "Make the rule simpler.");
        return items.Count > most ? [] : items;
    }

    private Clause? Clause(Field field, TimeSpan pending)
    {
        if (field.Map("a clause { group, votes }") is not { } map)
            return null;
        var group = references.Group(map.Need("group", "Name the group that decides."));
        var votes = map.Take("votes") is { } v ? v.Integer(1, 20) : 1;
        var remind = Before(map.Take("remindAfter"), pending);
        var (toField, afterField) = (map.Take("escalateTo"), map.Take("escalateAfter"));
        var (to, after) = (references.Group(toField), Before(afterField, pending));
        if ((toField is null) != (afterField is null))
            field.FaultHere("escalateTo and escalateAfter belong together", "Give both or none.");
        if (to is not null && to == group)
            toField!.Fault("is the group that was asked already", "Name another group.");
        map.Close();
        return group is null || votes is null ? null : new Clause(group, votes.Value, remind, to, after);
    }

    /// <summary>What is to happen while a request waits must come before it lapses.</summary>
    private static TimeSpan? Before(Field? field, TimeSpan pending)
    {
        var after = field?.Duration(pending, "the entitlement's pending");
        if (after == pending)
            field!.FaultHere("The request has lapsed by then", "Make it shorter than the entitlement's pending.");
        return after;
    }
}

/// <summary>Names that must exist elsewhere in the catalog.</summary>
internal sealed class References(IReadOnlyDictionary<string, Field> groups)
{
    /// <summary>The group's name; null when the field is absent or names none, which is a problem.</summary>
    public string? Group(Field? field)
    {
        if (field?.Text() is not { } name)
            return null;
        if (groups.ContainsKey(name))
            return name;
        field.Fault("is not a group of this catalog", NearestName.Of(name, groups.Keys) is { } near ? $"Did you mean {near}?" : "Define it under groups.");
        return null;
    }

    public IReadOnlyList<string> Groups(Field? field, bool mayBeEmpty = false)
    {
        var names = field?.List("a list of groups").Select(Group).OfType<string>().Distinct(StringComparer.Ordinal).ToList() ?? [];
        if (!mayBeEmpty && field is { Node: YamlList { Items.Count: 0 } })
            field.FaultHere("No group is named", "Name at least one.");
        return names;
    }
}
