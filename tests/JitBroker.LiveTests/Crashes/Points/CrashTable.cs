using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using JitBroker.Storage;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>What came of a kill at each point of each stretch, as a table scenario × point.</summary>
internal sealed class CrashTable(Engine engine)
{
    private readonly ConcurrentDictionary<(string Point, Stretch Stretch), string> _cells = new();

    /// <summary>It died there, came back, and everything held.</summary>
    public void Held(Stretch stretch, CrashPoint point) => _cells[(point.ToString(), stretch)] = "ok";

    /// <summary>Something did not hold.</summary>
    public void Failed(Stretch stretch, CrashPoint point) => _cells[(point.ToString(), stretch)] = "BAD";

    /// <summary>It never came by there again: nothing is shown by it. A second passing hangs on how much falls into one sweep, and its boundary has its first.</summary>
    public void Missed(Stretch stretch, CrashPoint point) => _cells[(point.ToString(), stretch)] = point.Nth == 1 ? "HOLE" : "once";

    public int Count => _cells.Count;

    public int Holes => _cells.Values.Count(v => v == "HOLE");

    public override string ToString()
    {
        var points = _cells.Keys.Select(k => k.Point).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var width = points.Select(p => p.Length).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Killed at each crash point, {engine}: {Count} kills, {_cells.Values.Count(v => v == "ok")} held, {Holes} holes\n");
        text.Append(CultureInfo.InvariantCulture, $"  #  {"point".PadRight(width)}");
        foreach (var stretch in Enum.GetValues<Stretch>())
            text.Append(CultureInfo.InvariantCulture, $"  {stretch,-7}");
        for (var i = 0; i < points.Count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{i + 1,3}  {points[i].PadRight(width)}");
            foreach (var stretch in Enum.GetValues<Stretch>())
                text.Append(CultureInfo.InvariantCulture, $"  {_cells.GetValueOrDefault((points[i], stretch), "."),-7}");
        }

        return text.Append('\n').ToString();
    }
}
