namespace JitBroker.Server.Scim;

/// <summary>Where an operation of a PATCH points: <c>active</c>, <c>name.givenName</c>, <c>emails[type eq "work"].value</c>.</summary>
/// <param name="Attribute">Lower case; null: an attribute of a schema that is not kept here.</param>
/// <param name="Filter">Which elements; null: all of it.</param>
/// <param name="Sub">Lower case, or null.</param>
internal sealed record ScimPath(string? Attribute, IReadOnlyList<ScimTerm>? Filter, string? Sub)
{
    /// <exception cref="ScimException">400 <c>invalidPath</c>.</exception>
    public static ScimPath Parse(string text)
    {
        var path = WithoutSchema(text.Trim());
        if (path.StartsWith("urn:", StringComparison.OrdinalIgnoreCase))
            return new ScimPath(null, null, null);
        var open = path.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
        {
            var dot = path.IndexOf('.', StringComparison.Ordinal);
            return dot < 0 ? new ScimPath(Name(path), null, null) : new ScimPath(Name(path[..dot]), null, Name(path[(dot + 1)..]));
        }

        var close = path.LastIndexOf(']');
        if (close < open || (close + 1 < path.Length && path[close + 1] != '.'))
            throw Bad(text);
        var sub = close + 1 < path.Length ? Name(path[(close + 2)..]) : null;
        return new ScimPath(Name(path[..open]), ScimFilter.Parse(path[(open + 1)..close]), sub);
    }

    /// <summary>Both schemas of resources here may stand before an attribute.</summary>
    public static string WithoutSchema(string path)
    {
        foreach (var schema in (string[])[ScimSchemas.User, ScimSchemas.Group])
        {
            if (path.StartsWith(schema + ":", StringComparison.OrdinalIgnoreCase))
                return path[(schema.Length + 1)..];
        }

        return path;
    }

    private static string Name(string text) =>
        text.Length is > 0 and <= 100 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$') ? text.ToLowerInvariant() : throw Bad(text);

    private static ScimException Bad(string text) => ScimException.Invalid("invalidPath", $"\"{(text.Length <= 100 ? text : text[..100])}\" is no path of an attribute.");
}
