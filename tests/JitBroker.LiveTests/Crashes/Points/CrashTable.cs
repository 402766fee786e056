using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using JitBroker.Storage;

namespace JitBroker.LiveTests.Crashes.Points;

/// <summary>What came of a kill at each point of each stretch, as a table point × stretch.</summary>
internal sealed class CrashTable(Engine engine, Action<string>? progress = null)
{
    private readonly ConcurrentDictionary<(string Point, Stretch Stretch), string> _cells = new();
    private readonly System.Diagnostics.Stopwatch _watch = System.Diagnostics.Stopwatch.StartNew();

    /// <summary>It died there, came back, and everything held.</summary>
    public void Held(Stretch stretch, CrashPoint point) => Note(stretch, point, "ok");

    /// <summary>Something did not hold.</summary>
    public void Failed(Stretch stretch, CrashPoint point) => Note(stretch, point, "BAD");

    /// <summary>It never came by there again: nothing is shown by it. A second passing hangs on how much falls into one sweep, and its boundary has its first.</summary>
    public void Missed(Stretch stretch, CrashPoint point) => Note(stretch, point, point.Nth == 1 ? "HOLE" : "once");

    public int Holes => Count("HOLE");

    public override string ToString()
    {
        var points = _cells.Keys.Select(k => k.Point).Distinct(StringComparer.Ordinal).OrderBy(p => p[(p.IndexOf(' ', StringComparison.Ordinal) + 1)..], StringComparer.Ordinal).ThenByDescending(p => p, StringComparer.Ordinal).ToList();
        var width = points.Select(p => p.Length).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Killed at each crash point, {engine}: {_cells.Count} cells, {Count("ok")} held, {Count("once")} passed once only, {Holes} holes, {Count("BAD")} bad; {_watch.Elapsed.TotalMinutes:0.0} minutes\n");
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

    private void Note(Stretch stretch, CrashPoint point, string outcome)
    {
        _cells[(point.ToString(), stretch)] = outcome;
        progress?.Invoke(string.Create(CultureInfo.InvariantCulture, $"{_watch.Elapsed:hh\\:mm\\:ss} {_cells.Count,4} {engine} {outcome,-4} {stretch} {point}"));
    }

    private int Count(string what) => _cells.Values.Count(v => v == what);
}
