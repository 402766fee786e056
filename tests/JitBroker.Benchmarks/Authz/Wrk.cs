using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace JitBroker.Benchmarks.Authz;

/// <summary>Debian's wrk: as many calls as get through on a few connections that are kept.</summary>
internal static partial class Wrk
{
    public const int Connections = 32;
    private const string Program = "/usr/bin/wrk";

    public static bool IsInstalled => File.Exists(Program);

    public static async Task<WrkFigures> RunAsync(Uri url, string token, string resource, int seconds, CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "-t", "1", "-c", Connections.ToString(CultureInfo.InvariantCulture), "-d", string.Create(CultureInfo.InvariantCulture, $"{seconds}s"), "--latency",
            "-H", $"Authorization: Bearer {token}", "-H", $"X-Jit-Resource: {resource}", url.AbsoluteUri,
        ];
        using var wrk = Process.Start(new ProcessStartInfo(Program, arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var said = await wrk.StandardOutput.ReadToEndAsync(cancellationToken);
        await wrk.WaitForExitAsync(cancellationToken);
        var failed = Failed().Matches(said).Sum(m => long.Parse(m.Groups["count"].Value, CultureInfo.InvariantCulture));
        return new WrkFigures(double.Parse(Find(Rate(), said), CultureInfo.InvariantCulture), failed, Time(said, 50), Time(said, 99));
    }

    private static TimeSpan Time(string said, int percentile)
    {
        var match = Percentile().Matches(said).First(m => m.Groups["which"].Value == percentile.ToString(CultureInfo.InvariantCulture));
        var value = double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture);
        return match.Groups["unit"].Value switch
        {
            "us" => TimeSpan.FromMicroseconds(value),
            "ms" => TimeSpan.FromMilliseconds(value),
            _ => TimeSpan.FromSeconds(value),
        };
    }

    private static string Find(Regex what, string said) =>
        what.Match(said) is { Success: true } match ? match.Groups["value"].Value : throw new InvalidOperationException($"wrk said something else: {said}");

    [GeneratedRegex(@"Requests/sec:\s+(?<value>[\d.]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Rate();

    [GeneratedRegex(@"^\s+(?<which>\d+)%\s+(?<value>[\d.]+)(?<unit>us|ms|s)", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Percentile();

    /// <summary>Answers that were no, and errors of the sockets.</summary>
    [GeneratedRegex(@"(Non-2xx or 3xx responses: |connect |read |write |timeout )(?<count>\d+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Failed();
}

/// <summary>What wrk counted.</summary>
internal sealed record WrkFigures(double PerSecond, long Failed, TimeSpan P50, TimeSpan P99);
