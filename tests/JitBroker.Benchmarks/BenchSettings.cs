using System.Globalization;
using JitBroker.Storage;

namespace JitBroker.Benchmarks;

/// <summary>What the command line asks for.</summary>
/// <param name="Json">Print one JSON document instead of the table.</param>
/// <param name="Only">The name of one of <see cref="Benchmarks.All"/>, or null for all.</param>
/// <param name="Engine"><c>sqlite</c>, <c>postgres</c>, or null for both.</param>
/// <param name="Seconds">How long each side of each comparison is measured.</param>
/// <param name="Concurrency">How many lifecycles are under way at once.</param>
/// <param name="Algorithm">The jwt issuer's <c>alg</c>.</param>
internal sealed record BenchSettings(bool Json, string? Only, string? Engine, int Seconds, int Concurrency, string Algorithm)
{
    public static string Usage =>
        $"Usage: JitBroker.Benchmarks [--json] [--only {string.Join('|', Benchmarks.Names)}] [--engine sqlite|postgres] [--seconds N] [--concurrency N] [--alg RS256|ES256]";

    /// <summary>Null with a sentence in <paramref name="problem"/> when the arguments are not understood.</summary>
    public static BenchSettings? Parse(string[] arguments, out string problem)
    {
        var settings = new BenchSettings(false, null, null, 20, 8, "RS256");
        problem = "";
        for (var i = 0; i < arguments.Length && problem.Length == 0; i++)
        {
            if (arguments[i] == "--json")
                settings = settings with { Json = true };
            else if (i + 1 == arguments.Length)
                problem = $"{arguments[i]} is unknown or lacks its value.";
            else
                settings = settings.With(arguments[i], arguments[++i], out problem);
        }

        return problem.Length == 0 ? settings : null;
    }

    public bool Wants(string part) => Only is null || Only == part;

    /// <summary>The engines that are asked for.</summary>
    public IEnumerable<Engine> Engines => Enum.GetValues<Engine>().Where(Wants);

    private bool Wants(Engine engine) => Engine is null || string.Equals(Engine, engine.ToString(), StringComparison.OrdinalIgnoreCase);

    private BenchSettings With(string option, string value, out string problem)
    {
        var number = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) ? parsed : 0;
        var next = (option, value) switch
        {
            ("--only", _) when Benchmarks.Names.Contains(value, StringComparer.Ordinal) => this with { Only = value },
            ("--engine", "sqlite" or "postgres") => this with { Engine = value },
            ("--alg", "RS256" or "ES256") => this with { Algorithm = value },
            ("--seconds", _) when number is > 0 and <= 3600 => this with { Seconds = number },
            ("--concurrency", _) when number is > 0 and <= 32 => this with { Concurrency = number },
            _ => null,
        };
        problem = next is null ? $"{option} {value} is not understood." : "";
        return next ?? this;
    }
}
