using System.Text;
using System.Text.Json;
using JitBroker.Cli.Running;
using JitBroker.Cli.Terminal;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit doctor</c>: looks at everything between a person and their access; each fault with its remedy.</summary>
internal static class DoctorCommand
{
    internal static Verb Create(Runner run) =>
        new Verb("doctor", "Look for what is wrong between you and the broker.", "jit doctor", "jit doctor --url https://jit.example.com").Does(run, ActAsync);

    private static async Task<int> ActAsync(Invocation run)
    {
        var findings = await new Examination(run).AllAsync();
        if (run.Json)
            run.Screen.Json(Json(findings));
        else
            Show(run, findings);
        var wrong = findings.Count(finding => finding.Health is Health.Wrong);
        if (wrong == 0)
            return Exits.Done;
        run.Screen.Complain("unhealthy", $"{wrong} {(wrong == 1 ? "thing needs" : "things need")} your attention.", null);
        return Exits.Refused;
    }

    private static void Show(Invocation run, IEnumerable<Finding> findings)
    {
        var grid = new Grid("", "", "");
        foreach (var finding in findings)
        {
            grid.Add(Mark(finding.Health), new Piece(finding.Subject, Tone.Strong), finding.Text);
            if (finding.Remedy is not null)
                grid.Add(Words.None, Words.None, new Piece($"→ {finding.Remedy}", Tone.Accent));
        }

        run.Screen.Table(grid);
    }

    private static Piece Mark(Health health) => health switch
    {
        Health.Right => new Piece("✓", Tone.Good),
        Health.Note => new Piece("•", Tone.Warn),
        Health.Wrong => new Piece("✗", Tone.Bad),
        _ => throw new ArgumentOutOfRangeException(nameof(health)),
    };

    private static byte[] Json(IReadOnlyList<Finding> findings)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ok", findings.All(finding => finding.Health is not Health.Wrong));
            writer.WriteStartArray("checks");
            foreach (var finding in findings)
            {
                writer.WriteStartObject();
                writer.WriteString("name", finding.Subject);
                writer.WriteBoolean("ok", finding.Health is not Health.Wrong);
                writer.WriteString("text", finding.Text);
                writer.WriteString("remedy", finding.Remedy);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}

/// <summary>How a thing is.</summary>
internal enum Health
{
    Right,
    Note,
    Wrong,
}

/// <summary>One thing looked at.</summary>
internal sealed record Finding(Health Health, string Subject, string Text, string? Remedy = null);
