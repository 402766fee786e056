using JitBroker.Benchmarks;
using JitBroker.Benchmarks.Ack;
using JitBroker.Benchmarks.Audit;
using JitBroker.Benchmarks.Lifecycle;
using JitBroker.Storage;

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
var lifecycles = new List<LifecycleFigures>();
if (settings.Wants("lifecycle"))
{
    foreach (var engine in Enum.GetValues<Engine>().Where(settings.Wants))
    {
        if (await LifecycleBench.RunAsync(engine, settings, progress, stop.Token) is { } figures)
            lifecycles.Add(figures);
        else
            progress.Say($"{engine}: not installed, left out");
    }
}

var acks = new List<AckFigures>();
if (settings.Wants("ack"))
{
    foreach (var engine in Enum.GetValues<Engine>().Where(settings.Wants))
    {
        if (await AckBench.RunAsync(engine, settings, progress, stop.Token) is { } figures)
            acks.Add(figures);
        else
            progress.Say($"{engine}: not installed, left out");
    }
}

var audit = settings.Wants("audit") ? await AuditBench.RunAsync(progress, stop.Token) : null;
var report = new Report(lifecycles, acks, audit);
Console.WriteLine(settings.Json ? report.ToJson() : report.ToText());
return report.IsGood ? 0 : 1;
