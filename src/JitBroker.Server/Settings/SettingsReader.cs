using System.Globalization;
using JitBroker.Catalog;
using Microsoft.Extensions.Configuration;

namespace JitBroker.Server.Settings;

/// <summary>
/// Reads keys one by one, collects every problem, and knows at the end which keys nobody asked for. What is returned with a problem is a default that is
/// thrown away with the whole.
/// </summary>
internal sealed class SettingsReader(IConfiguration configuration, SecretResolver secrets)
{
    private readonly HashSet<string> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SettingsProblem> _problems = [];

    public IReadOnlyList<SettingsProblem> Problems => _problems;

    /// <summary>Every key that was asked for, for the test that keeps the sample complete.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    public void Fault(string path, string? value, string message, string remedy) => _problems.Add(new SettingsProblem(path, value, message, remedy));

    /// <summary>The text as it stands, or <paramref name="otherwise"/> when the key is absent. Lists and objects are a problem.</summary>
    public string Text(string path, string otherwise)
    {
        _asked.Add(path);
        var section = configuration.GetSection(path);
        if (section.GetChildren().Any())
        {
            Fault(path, null, "this is one value, not a list or an object", "Write it as one text or number.");
            return otherwise;
        }

        return section.Value ?? otherwise;
    }

    public string Word(string path, string otherwise, params string[] words)
    {
        var text = Text(path, otherwise);
        if (words.Contains(text, StringComparer.Ordinal))
            return text;
        Fault(path, text, $"this is none of {string.Join(", ", words)}", NearestName.Of(text, words) is { } near ? $"Did you mean {near}?" : "Choose one of them.");
        return otherwise;
    }

    public bool Flag(string path, bool otherwise)
    {
        var text = Text(path, otherwise ? "true" : "false");
        if (bool.TryParse(text, out var flag))
            return flag;
        Fault(path, text, "this is neither true nor false", "Write true or false.");
        return otherwise;
    }

    public int Number(string path, int otherwise, int least, int most)
    {
        var text = Text(path, otherwise.ToString(CultureInfo.InvariantCulture));
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Fault(path, text, string.Create(CultureInfo.InvariantCulture, $"this is not a whole number from {least} to {most}"), "Correct it.");
        return otherwise;
    }

    public TimeSpan Duration(string path, string otherwise)
    {
        var text = Text(path, otherwise);
        if (Durations.TryParse(text, out var duration, out var problem))
            return duration;
        Fault(path, text, "this is not a duration the broker can use", problem);
        return Durations.TryParse(otherwise, out var usual, out _) ? usual : TimeSpan.FromHours(1);
    }

    public IReadOnlyList<string> List(string path)
    {
        _asked.Add(path);
        var section = configuration.GetSection(path);
        var items = section.GetChildren().ToList();
        foreach (var item in items)
            _asked.Add(item.Path);
        if (items.Any(i => i.GetChildren().Any() || !int.TryParse(i.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            Fault(path, null, "this is a list of texts", "Write it as [\"…\"].");
        else if (items.Count == 0 && section.Value is { Length: > 0 } single)
            Fault(path, single, "this is a list, not one value", $"Write it as [\"…\"], or in the environment as {path.Replace(":", "__", StringComparison.Ordinal)}__0.");
        return [.. items.Select(i => i.Value ?? "").Where(t => t.Length > 0)];
    }

    /// <summary>The paths of a list of objects.</summary>
    public IReadOnlyList<string> Entries(string path)
    {
        _asked.Add(path);
        var section = configuration.GetSection(path);
        var items = section.GetChildren().ToList();
        if (items.Any(i => i.Value is not null || !int.TryParse(i.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)) || section.Value is { Length: > 0 })
            Fault(path, null, "this is a list of objects", "Write it as [{ … }].");
        return [.. items.Where(i => i.Value is null).Select(i => i.Path)];
    }

    /// <summary>Null when the key is absent or empty, or its reference cannot be followed (a problem). Its value is never shown.</summary>
    public SettingSecret? Secret(string path, string otherwise = "") => Secret(path, Text(path, otherwise), shown: path);

    public IReadOnlyList<SettingSecret> Secrets(string path) =>
        [.. List(path).Select((text, i) => Secret(path, text, string.Create(CultureInfo.InvariantCulture, $"{path}:{i}"))).OfType<SettingSecret>()];

    /// <summary>Keys of our sections that nobody asked for, and sections of others whose names are a slip away from ours.</summary>
    public void FaultUnknown(IReadOnlyCollection<string> sections)
    {
        foreach (var other in configuration.GetChildren().Where(s => s.GetChildren().Any() && !sections.Contains(s.Key, StringComparer.OrdinalIgnoreCase)))
            if (NearestName.Of(other.Key, sections) is { } meant)
                Fault(other.Key, null, "this section is not known", $"Did you mean {meant}?");
        foreach (var section in sections.Select(configuration.GetSection))
        {
            if (section.Value is { Length: > 0 })
                Fault(section.Path, null, "this is a section, not one value", $"Write it as \"{section.Path}\": {{ … }}.");
            foreach (var (path, value) in section.AsEnumerable().Where(p => p.Key != section.Path && !IsKnown(p.Key)))
                if (value is not null)
                    Fault(path, null, "this key is not known", NearestName.Of(path, _asked) is { } near ? $"Did you mean {near}?" : "Remove it; appsettings.sample.json shows every key.");
        }
    }

    private SettingSecret? Secret(string path, string text, string shown)
    {
        if (text.Length == 0)
            return null;
        if (SettingSecret.Of(secrets, text, out var problem) is { } secret)
            return secret;
        Fault(shown, null, "its secret cannot be read", problem ?? $"Check {path}.");
        return null;
    }

    // A list's items stand below its key.
    private bool IsKnown(string path) => _asked.Contains(path) || _asked.Any(a => a.StartsWith(path + ':', StringComparison.OrdinalIgnoreCase));
}
