using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace JitBroker.Catalog.Loading;

/// <summary>A YAML value and where it stands. <see cref="Size"/> counts what it would be if every alias were written out.</summary>
internal abstract record YamlNode(int Line, int Column)
{
    public abstract long Size { get; }

    public abstract int Height { get; }
}

internal sealed record YamlScalar(int Line, int Column, string Text, bool Plain) : YamlNode(Line, Column)
{
    public override long Size => 1;

    public override int Height => 1;

    public bool IsNull => Plain && Text is "" or "~" or "null" or "Null" or "NULL";
}

internal sealed record YamlList(int Line, int Column, IReadOnlyList<YamlNode> Items) : YamlNode(Line, Column)
{
    public override long Size { get; } = 1 + Items.Sum(i => i.Size);

    public override int Height { get; } = 1 + Items.Select(i => i.Height).DefaultIfEmpty().Max();
}

internal sealed record YamlMap(int Line, int Column, IReadOnlyList<(YamlScalar Key, YamlNode Value)> Entries) : YamlNode(Line, Column)
{
    public override long Size { get; } = 1 + Entries.Sum(e => 1 + e.Value.Size);

    public override int Height { get; } = 1 + Entries.Select(e => e.Value.Height).DefaultIfEmpty().Max();
}

/// <summary>
/// Reads one document from YamlDotNet's events into a tree with positions. Bounded against bombs: depth, and the size with aliases written out.
/// Any failure is one problem; nothing is thrown, whatever the text.
/// </summary>
internal sealed class YamlTree
{
    private const int Deepest = 40;

    private const long Largest = 1_000_000;

    private readonly CatalogSource _source;

    private readonly Problems _problems;

    private readonly Parser _events;

    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);

    private readonly List<string> _path = [];

    private long _expanded;

    private YamlTree(CatalogSource source, Problems problems)
    {
        _source = source;
        _problems = problems;
        _events = new Parser(new StringReader(source.Text));
    }

    /// <summary>Null for an empty file, and for one that cannot be read; then there is a problem.</summary>
    public static YamlNode? Read(CatalogSource source, Problems problems)
    {
        // The parser takes it for the end of the file: what follows would be left out, and with it access be ended.
        if (source.Text.IndexOf('\0', StringComparison.Ordinal) is var nul and >= 0)
        {
            var before = source.Text.AsSpan(0, nul);
            problems.Add(source.File, before.Count('\n') + 1, nul - before.LastIndexOf('\n'), "", null, "A NUL character stands here: the file is damaged or only half written", "Write the file again.");
            return null;
        }

        try
        {
            return new YamlTree(source, problems).Document();
        }
        catch (UnreadableException e)
        {
            problems.Add(source.File, e.Line, e.Column, "", null, e.Message, e.Remedy);
        }
        catch (YamlException e)
        {
            var message = e.InnerException is null ? e.Message : e.InnerException.Message;
            problems.Add(source.File, (int)e.Start.Line, (int)e.Start.Column, "", null, $"This is not YAML: {message.TrimEnd('.')}", "Mend the syntax here.");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            problems.Add(source.File, 0, 0, "", null, $"This cannot be read as YAML ({e.GetType().Name})", "Look for broken escapes or binary content.");
        }

        return null;
    }

    private YamlNode? Document()
    {
        _events.MoveNext();
        _events.MoveNext();
        if (_events.Current is not DocumentStart)
            return null;
        _events.MoveNext();
        var root = Node(1);
        if (_events.MoveNext() && _events.Current is DocumentStart second)
            throw Unreadable(second, "A second document begins here", "Put it into a file of its own; a folder of files is merged.");
        return root is YamlScalar { IsNull: true } ? null : root;
    }

    /// <summary>Reads the node at the current event and leaves the event after it current.</summary>
    private YamlNode Node(int depth)
    {
        var at = _events.Current!;
        if (depth > Deepest)
            throw Unreadable(at, "This is nested too deeply", "A catalog needs no more than 40 levels.");
        if (at is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } tag } && !tag.Value.StartsWith("tag:yaml.org,2002:", StringComparison.Ordinal))
            throw Unreadable(at, "Tags of one's own have no meaning here", "Remove it.");
        if (++_expanded > Largest)
            throw Unreadable(at, "The catalog grows beyond a million values", "Split it, and use fewer aliases.");
        YamlNode node = at switch
        {
            AnchorAlias alias => Aliased(alias, depth),
            Scalar scalar => Scalar(scalar),
            SequenceStart => List(depth),
            MappingStart => Map(depth),
            _ => throw Unreadable(at, "A value is missing here", "Write one."),
        };
        if (at is NodeEvent { Anchor: { IsEmpty: false } anchor })
            _anchors[anchor.Value] = node;
        return node;
    }

    private YamlNode Aliased(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value.Value, out var node))
            throw Unreadable(alias, $"*{alias.Value.Value} names an anchor that is not complete before it", "Define the anchor earlier.");
        _expanded += node.Size;
        if (_expanded > Largest || depth + node.Height > Deepest)
            throw Unreadable(alias, "Aliases make the catalog grow beyond all bounds", "Write the values out.");
        _events.MoveNext();
        return node;
    }

    private YamlScalar Scalar(Scalar scalar)
    {
        _events.MoveNext();
        return new YamlScalar((int)scalar.Start.Line, (int)scalar.Start.Column, scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private YamlList List(int depth)
    {
        var start = _events.Current!.Start;
        _events.MoveNext();
        var items = new List<YamlNode>();
        while (_events.Current is not SequenceEnd)
        {
            _path.Add($"[{items.Count.ToString(CultureInfo.InvariantCulture)}]");
            items.Add(Node(depth + 1));
            _path.RemoveAt(_path.Count - 1);
        }

        _events.MoveNext();
        return new YamlList((int)start.Line, (int)start.Column, items);
    }

    private YamlMap Map(int depth)
    {
        var start = _events.Current!.Start;
        _events.MoveNext();
        var entries = new List<(YamlScalar Key, YamlNode Value)>();
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        while (_events.Current is not MappingEnd)
        {
            var at = _events.Current!;
            if (Node(depth + 1) is not YamlScalar key)
                throw Unreadable(at, "A key must be a word", "Write a plain name before the colon.");
            _path.Add(_path.Count == 0 ? key.Text : "." + key.Text);
            var value = Node(depth + 1);
            if (seen.TryAdd(key.Text, key.Line))
                entries.Add((key, value));
            else
                _problems.Add(_source.File, key.Line, key.Column, string.Concat(_path), key.Text, $"is defined twice, first in line {seen[key.Text]}", "Remove or merge one of them.");
            _path.RemoveAt(_path.Count - 1);
        }

        _events.MoveNext();
        return new YamlMap((int)start.Line, (int)start.Column, entries);
    }

    private static UnreadableException Unreadable(ParsingEvent at, string message, string remedy) => new(at.Start, message, remedy);

    private sealed class UnreadableException(Mark at, string message, string remedy) : Exception(message)
    {
        public int Line => (int)at.Line;

        public int Column => (int)at.Column;

        public string Remedy => remedy;
    }
}
