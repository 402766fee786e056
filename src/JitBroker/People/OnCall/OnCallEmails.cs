using System.Collections.Frozen;
using System.Text.Json;

namespace JitBroker.People.OnCall;

/// <summary>Collects addresses as services write them. One that is missing or no address makes the whole answer unknown: part of a truth is none.</summary>
internal sealed class OnCallEmails(string who)
{
    private readonly HashSet<string> _emails = new(StringComparer.Ordinal);

    public OnCallAnswer.Known Answer => new(_emails.ToFrozenSet(StringComparer.Ordinal));

    /// <exception cref="OnCallUnknownException">It is no address.</exception>
    public void Add(JsonElement? value)
    {
        if (value is not { ValueKind: JsonValueKind.String } text || text.GetString() is not { Length: > 2 and <= 254 } written || !written.Contains('@', StringComparison.Ordinal))
            throw new OnCallUnknownException($"{who} named somebody without an e-mail address");
        _emails.Add(Emails.Canonical(written));
    }
}

/// <summary>Members of JSON that may be missing or of another kind.</summary>
internal static class OnCallJson
{
    public static JsonElement? At(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;

    /// <exception cref="OnCallUnknownException">It is no list.</exception>
    public static JsonElement.ArrayEnumerator Items(this JsonElement? json, string who) =>
        json is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : throw new OnCallUnknownException($"{who} answered what I cannot read");
}
