using JitBroker.Catalog;
using JitBroker.Issuing;

namespace JitBroker.Server.Settings;

/// <summary>
/// A secret of the settings as it was written: a reference, or the text itself. Read anew at each use, so that a changed file is seen at once; while a
/// reference cannot be followed (a file being replaced), the last value that could be read holds.
/// </summary>
public sealed class SettingSecret
{
    private readonly SecretResolver _resolver;
    private readonly string _text;
    private volatile Secret _last;

    private SettingSecret(SecretResolver resolver, string text, Secret first) => (_resolver, _text, _last) = (resolver, text, first);

    public Secret Current
    {
        get
        {
            if (_resolver.Resolve(_text).Secret is { } fresh)
                _last = fresh;
            return _last;
        }
    }

    /// <summary>Null with a sentence that names the reference, never a value, when it cannot be followed.</summary>
    public static SettingSecret? Of(SecretResolver resolver, string text, out string? problem)
    {
        (var first, problem) = resolver.Resolve(text);
        return first is null ? null : new SettingSecret(resolver, text, first);
    }

    public override string ToString() => "***";
}
