namespace JitBroker.Benchmarks;

/// <summary>What is going on, on stderr, so that stdout holds the result alone.</summary>
internal sealed class Progress(TextWriter errors)
{
    public void Say(string what) => errors.WriteLine(what);
}
