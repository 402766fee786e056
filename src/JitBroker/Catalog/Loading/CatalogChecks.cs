using System.Text.RegularExpressions;

namespace JitBroker.Catalog.Loading;

/// <summary>Checks that need more than the value at hand: the broker's options, secrets, addresses and audiences already taken.</summary>
internal sealed partial class CatalogChecks(CatalogOptions options)
{
    private readonly Dictionary<string, string> _audiences = new(StringComparer.Ordinal);

    private readonly Dictionary<string, string> _modes = new(StringComparer.Ordinal);

    public CatalogOptions Options => options;

    /// <summary>How an issuer works, for the checks of what its entitlements grant. <paramref name="issuer"/> is its place.</summary>
    public void NoteMode(Field issuer, string mode) => _modes[issuer.Path] = mode;

    /// <summary>Null when its kind has no modes.</summary>
    public string? ModeOf(string issuer) => _modes.GetValueOrDefault($"issuers.{issuer}");

    /// <summary>
    /// A text that carries a secret: it must come by reference, since the catalog is stored and shown. Its value is never told.
    /// </summary>
    public string? Secret(Field field)
    {
        if (field.Node is not YamlScalar { IsNull: false } scalar)
        {
            field.FaultHere("A reference to a secret is needed", "Write ${env:NAME} or ${file:PATH}.");
            return null;
        }

        if (SecretReferences.IsWholly(scalar.Text))
            return Followed(field, scalar.Text);
        field.FaultHere("A secret must not stand in the catalog, which is stored and shown", "Put it into a variable or file and write ${env:NAME} or ${file:PATH}.");
        return null;
    }

    /// <summary>A connection text: references may stand in it, a written-out password may not.</summary>
    public string? Connection(Field field)
    {
        if (field.Node is not YamlScalar { IsNull: false } scalar || scalar.Text.Trim().Length == 0)
        {
            field.FaultHere("A connection string is needed", "Write ${env:NAME}, or the string with ${env:NAME} for its password.");
            return null;
        }

        if (!SecretReferences.TryParse(scalar.Text, out _, out _) || Passwords().Matches(scalar.Text).All(m => SecretReferences.IsWholly(m.Groups["value"].Value)))
            return Followed(field, scalar.Text);
        field.FaultHere("A password must not stand in the catalog, which is stored and shown", "Write ${env:NAME} or ${file:PATH} in its place.");
        return null;
    }

    /// <summary>A text that is no secret, written out or by reference.</summary>
    public string? Plain(Field field) => field.Text(500) is { } text ? Followed(field, text) : null;

    /// <summary>An absolute address of one of <paramref name="schemes"/> without user name or password; plain text only.</summary>
    public string? Address(Field field, params string[] schemes)
    {
        if (field.Text(500) is not { } text)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || !schemes.Contains(uri.Scheme, StringComparer.Ordinal) || uri.Host.Length == 0)
            field.Fault($"is not an address that begins with {string.Join(" or ", schemes.Select(s => s + "://"))}", "Correct it.");
        else if (uri.UserInfo.Length > 0)
            field.FaultHere("An address must not carry a user or password", "Use the keys user and password, the latter as a reference.");
        else
        {
            Claim(text, "the address of an issuer");
            return text;
        }

        return null;
    }

    /// <summary>One audience belongs to one issuer, so that a token made for one target is worth nothing at another (M10).</summary>
    public string? Audience(Field field, string issuer)
    {
        if (field.Text(255) is not { } audience)
            return null;
        var key = AudienceKey(audience);
        if (key == AudienceKey(options.PublicUrl))
            field.Fault("is the broker's own address, Broker:PublicUrl", "A token for a target must not be one for the broker: name the target's own audience.");
        else if (_audiences.TryGetValue(key, out var other) && other != issuer)
            field.Fault($"is already taken by {other}", "Each issuer's audiences are its own: name another.");
        else
        {
            Claim(audience, issuer);
            return audience;
        }

        return null;
    }

    private void Claim(string audience, string by) => _audiences.TryAdd(AudienceKey(audience), by);

    private static string AudienceKey(string audience)
    {
        var trimmed = audience.Trim().TrimEnd('/');
        return Uri.TryCreate(trimmed, UriKind.Absolute, out var uri) && uri.Host.Length > 0
            ? uri.GetComponents(UriComponents.Scheme | UriComponents.HostAndPort | UriComponents.PathAndQuery, UriFormat.Unescaped).TrimEnd('/').ToLowerInvariant()
            : trimmed.ToLowerInvariant();
    }

    private string? Followed(Field field, string text)
    {
        if (!SecretReferences.TryParse(text, out _, out var unreadable))
            field.FaultHere($"The value {unreadable}", "Correct the reference.");
        else if (options.Secrets?.Resolve(text).Problem is { } missing)
            field.Fault($"leads nowhere: {missing.TrimEnd('.')}", "Set it before the broker starts.", secret: !SecretReferences.IsWholly(text));
        else
            return text;
        return null;
    }

    /// <summary>What stands where a password stands, quoted or not, in a connection string or an address; a part of a reference never ends it.</summary>
    [GeneratedRegex(
        """(password|passwd|pwd|psw)\s*=\s*("(?<value>[^"]+)|'(?<value>[^']+)|(?<value>(\$\{[^{}]*\}|[^;\s"'])(\$\{[^{}]*\}|[^;\s])*))|://[^/\s:@]*:(?<value>(\$\{[^{}]*\}|[^@/\s])+)@""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Passwords();
}
