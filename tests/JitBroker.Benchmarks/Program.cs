using JitBroker.Benchmarks;

if (BenchSettings.Parse(args, out var problem) is not { } settings)
{
    await Console.Error.WriteLineAsync($"{problem}{Environment.NewLine}{BenchSettings.Usage}");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};
var progress = new Progress(Console.Error);
var report = new Report([]);
foreach (var benchmark in Benchmarks.All.Where(b => settings.Wants(b.Name)))
{
    if (await benchmark.RunAsync(settings, progress, stop.Token) is { } figures)
        report = report.With(benchmark, figures);
}

Console.WriteLine(settings.Json ? report.ToJson() : report.ToText());
return report.IsGood ? 0 : 1;
