using System.Text;
using System.Text.RegularExpressions;
using JitBroker.Issuing;

namespace JitBroker.Catalog;

public enum SecretSource
{
    Environment,
    File,
}

/// <summary>One <c>${env:NAME}</c> or <c>${file:PATH}</c>: where a secret is, not what it is. May be stored and shown.</summary>
public sealed record SecretReference(SecretSource Source, string Name)
{
    public override string ToString() => Source == SecretSource.Environment ? $"${{env:{Name}}}" : $"${{file:{Name}}}";
}

/// <summary>The syntax of references (contract §2). A text may hold several, among other text: <c>Host=db;Password=${env:PW}</c>.</summary>
public static partial class SecretReferences
{
    /// <summary>False when the text holds a <c>${</c> that is no reference; <paramref name="references"/> are those found, in order.</summary>
    public static bool TryParse(string text, out IReadOnlyList<SecretReference> references, out string problem)
    {
        var matches = Reference().Matches(text);
        references = [.. matches.Select(Of)];
        var openings = text.Split("${").Length - 1;
        problem = openings == matches.Count ? "" : "holds a reference that cannot be read: only ${env:NAME} and ${file:PATH} are known";
        return problem.Length == 0;
    }

    /// <summary>True when the text holds at least one reference and nothing but references.</summary>
    public static bool IsWholly(string text) => TryParse(text, out var found, out _) && found.Count > 0 && Reference().Replace(text, "").Length == 0;

    internal static string Replace(string text, Func<SecretReference, string> value) => Reference().Replace(text, m => value(Of(m)));

    private static SecretReference Of(Match match) =>
        new(match.Groups["kind"].Value == "env" ? SecretSource.Environment : SecretSource.File, match.Groups["name"].Value);

    [GeneratedRegex(@"\$\{(?:(?<kind>env):(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<kind>file):(?<name>[^{}\r\n]+))\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Reference();
}

/// <summary>
/// Turns references into secrets, anew each time, so that a changed file is seen at once. A relative path is taken from
/// <paramref name="folder"/>. One line end at the end of a file is not part of the secret.
/// </summary>
public sealed class SecretResolver(Func<string, string?> environment, string folder)
{
    private const long LargestFile = 64 * 1024;

    /// <summary>The environment of this process and paths from its working directory.</summary>
    public static SecretResolver OfProcess() => new(Environment.GetEnvironmentVariable, Environment.CurrentDirectory);

    /// <summary>The secret, or a sentence that names the reference and what to do, never a value. Text without references is itself the secret.</summary>
    public (Secret? Secret, string? Problem) Resolve(string text)
    {
        if (!SecretReferences.TryParse(text, out var references, out var unreadable))
            return (null, $"The value {unreadable}.");
        var values = new Dictionary<SecretReference, string>();
        foreach (var reference in references)
        {
            var (value, problem) = Read(reference);
            if (value is null)
                return (null, problem);
            values[reference] = value;
        }

        return (new Secret(SecretReferences.Replace(text, r => values[r])), null);
    }

    private (string? Value, string? Problem) Read(SecretReference reference) => reference.Source switch
    {
        SecretSource.Environment => environment(reference.Name) is { Length: > 0 } value
            ? (value, null)
            : (null, $"The environment variable {reference.Name} is not set."),
        _ => ReadFile(reference.Name),
    };

    private (string? Value, string? Problem) ReadFile(string path)
    {
        try
        {
            var file = new FileInfo(Path.Combine(folder, path));
            if (!file.Exists)
                return (null, $"The file {path} does not exist.");
            if (file.Length > LargestFile)
                return (null, $"The file {path} is too large for a secret.");
            var text = File.ReadAllText(file.FullName, Encoding.UTF8);
            text = text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
            return text.Length == 0 ? (null, $"The file {path} is empty.") : (text, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, $"The file {path} cannot be read: {e.GetType().Name}.");
        }
    }
}
