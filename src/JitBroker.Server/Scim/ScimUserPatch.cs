using System.Text.Json.Nodes;

namespace JitBroker.Server.Scim;

/// <summary>Applies operations to the attributes of a user. What is not kept here is let pass without effect: identity providers send more than anybody needs.</summary>
internal static class ScimUserPatch
{
    /// <param name="user">Changed in place; attributes as <see cref="ScimUserForm"/> keeps them.</param>
    /// <exception cref="ScimException">400.</exception>
    public static void Apply(JsonObject user, IEnumerable<ScimOperation> operations)
    {
        foreach (var operation in operations)
            Apply(user, operation);
    }

    private static void Apply(JsonObject user, ScimOperation operation)
    {
        var path = operation.Path;
        switch (path.Attribute)
        {
            case "username" or "externalid" or "displayname" or "active" when path is { Filter: null, Sub: null }:
                Set(user, ScimUserForm.NameOf(path.Attribute), operation);
                break;
            case "name" when path.Filter is null:
                Name(user, operation);
                break;
            case "emails":
                Emails(user, operation);
                break;
            case "id" or "meta" or "groups" when operation.Kind == "remove":
                throw ScimException.Invalid("mutability", $"{path.Attribute} is not yours to change.");
        }
    }

    private static void Set(JsonObject target, string name, ScimOperation operation)
    {
        if (operation.Kind == "remove" || operation.Value is null)
            target.Remove(name);
        else
            target[name] = operation.Value.DeepClone();
    }

    private static void Name(JsonObject user, ScimOperation operation)
    {
        if (operation is { Kind: "remove", Path.Sub: null })
        {
            user.Remove("name");
            return;
        }

        if (user["name"] is not JsonObject name)
            user["name"] = name = new JsonObject(ScimJson.AnyCase);
        if (operation.Path.Sub is { } sub)
            Set(name, sub, operation);
        else
            Merge(name, operation.Value as JsonObject ?? throw ScimException.Invalid("invalidValue", "name is an object."));
    }

    private static void Emails(JsonObject user, ScimOperation operation)
    {
        if (user["emails"] is not JsonArray emails)
            user["emails"] = emails = [];
        if (operation.Path.Filter is null && operation.Path.Sub is null)
        {
            Whole(emails, operation);
            return;
        }

        var found = emails.OfType<JsonObject>().Where(e => Matches(e, operation.Path.Filter ?? [])).ToList();
        if (operation is { Kind: "remove", Path.Sub: null })
        {
            found.ForEach(e => emails.Remove(e));
            return;
        }

        if (found.Count == 0 && operation.Kind != "remove")
            found.Add(Added(emails, operation.Path.Filter ?? []));
        foreach (var email in found)
        {
            if (operation.Path.Sub is { } sub)
                Set(email, sub, operation);
            else
                Merge(email, operation.Value as JsonObject ?? throw ScimException.Invalid("invalidValue", "An element of emails is an object."));
            OnePrimary(emails, email);
        }
    }

    private static void Whole(JsonArray emails, ScimOperation operation)
    {
        if (operation.Kind != "add")
            emails.Clear();
        if (operation.Kind == "remove")
            return;
        var values = (operation.Value as JsonArray)?.ToList() ?? new List<JsonNode?> { operation.Value };
        foreach (var value in values)
        {
            var email = value as JsonObject ?? throw ScimException.Invalid("invalidValue", "An element of emails is an object.");
            var same = emails.OfType<JsonObject>().FirstOrDefault(e => ScimJson.Text(e["value"]) == ScimJson.Text(email["value"]) && ScimJson.Text(e["type"]) == ScimJson.Text(email["type"]));
            if (same is not null)
                Merge(same, email);
            else
                emails.Add(same = (JsonObject)email.DeepClone());
            OnePrimary(emails, same);
        }
    }

    /// <summary>Entra replaces an element that is not there yet: it is made of what the filter says of it.</summary>
    private static JsonObject Added(JsonArray emails, IReadOnlyList<ScimTerm> terms)
    {
        var made = new JsonObject(ScimJson.AnyCase);
        foreach (var term in terms)
        {
            if (term.Operator != "eq")
                throw ScimException.Invalid("noTarget", "No element of emails is like that.");
            made[term.Path] = term.Value switch { bool flag => flag, string text => text, _ => null };
        }

        emails.Add(made);
        return made;
    }

    private static void OnePrimary(JsonArray emails, JsonObject now)
    {
        if (ScimJson.Flag(now["primary"]) != true)
            return;
        foreach (var other in emails.OfType<JsonObject>().Where(e => !ReferenceEquals(e, now)))
            other.Remove("primary");
    }

    private static bool Matches(JsonObject element, IReadOnlyList<ScimTerm> terms) => terms.All(t => Matches(element, t));

    private static bool Matches(JsonObject element, ScimTerm term)
    {
        var value = element[term.Path];
        if (term.Operator == "pr")
            return value is not null;
        if (term.Value is bool wanted)
            return (ScimJson.Flag(value) ?? false) == wanted == (term.Operator == "eq");
        var (text, other) = (ScimJson.Text(value), term.Value as string);
        if (text is null || other is null)
            return (text is null && other is null) == (term.Operator == "eq");
        return term.Operator switch
        {
            "eq" => text.Equals(other, StringComparison.OrdinalIgnoreCase),
            "ne" => !text.Equals(other, StringComparison.OrdinalIgnoreCase),
            "co" => text.Contains(other, StringComparison.OrdinalIgnoreCase),
            "sw" => text.StartsWith(other, StringComparison.OrdinalIgnoreCase),
            _ => text.EndsWith(other, StringComparison.OrdinalIgnoreCase),
        };
    }

    private static void Merge(JsonObject target, JsonObject from)
    {
        foreach (var (name, value) in from)
            target[name] = value?.DeepClone();
    }
}
