using System.Globalization;

namespace JitBroker.Audit;

/// <summary>
/// Events for a spreadsheet (RFC 4180). For reading, not for verifying: a text that a spreadsheet would take for a formula gets an apostrophe before it.
/// </summary>
public static class AuditCsv
{
    public const string Header = "seq,at,type,actor,surface,about,aggregate,aggregateId,version,data,id,hash\r\n";

    /// <summary>The line for an event that is sealed.</summary>
    public static string Row(AuditEvent happened) => Line(
        happened.Seq!.Value.ToString(CultureInfo.InvariantCulture),
        EventForm.Text(happened.At),
        happened.Type,
        happened.Actor ?? "",
        happened.Surface,
        happened.About ?? "",
        happened.Aggregate,
        happened.AggregateId,
        happened.Version.ToString(CultureInfo.InvariantCulture),
        happened.Data,
        happened.Id,
        happened.Hash!);

    /// <summary>The predecessor of an export that does not begin at the beginning: its place and hash only.</summary>
    public static string Predecessor(ChainHead before) =>
        Line(before.Seq.ToString(CultureInfo.InvariantCulture), "", "", "", "", "", "", "", "", "", "", before.Hash);

    private static string Line(params string[] fields) => string.Join(',', fields.Select(Field)) + "\r\n";

    internal static string Field(string text)
    {
        var harmless = IsFormula(text) ? "'" + text : text;
        return harmless.AsSpan().ContainsAny(",\"\r\n'") ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : harmless;
    }

    /// <summary>What spreadsheets begin a formula with, in the wide forms of East Asian keyboards too; they pass over leading blanks.</summary>
    private static bool IsFormula(string text) =>
        text.Length > 0 && (text[0] is '\t' or '\r' or '\n' || text.TrimStart() is [('=' or '+' or '-' or '@' or '＝' or '＋' or '－' or '＠'), ..]);
}
