using System.Runtime.InteropServices;

namespace JitBroker.Cli.Running;

/// <summary>SIGINT and SIGTERM: they cancel the run, or go to the child while <c>exec</c> has one.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource cancel = new();
    private readonly PosixSignalRegistration[] registrations;
    private volatile Action<PosixSignal>? receiver;

    /// <summary>Listens to this process's signals.</summary>
    public Interrupts(bool listen = true)
    {
        registrations = listen
            ? [PosixSignalRegistration.Create(PosixSignal.SIGINT, On), PosixSignalRegistration.Create(PosixSignal.SIGTERM, On)]
            : [];
    }

    /// <summary>Cancelled by the first signal that no child takes.</summary>
    public CancellationToken Token => cancel.Token;

    /// <summary>Until disposed, signals go to <paramref name="child"/> and cancel nothing.</summary>
    public IDisposable HandTo(Action<PosixSignal> child)
    {
        receiver = child;
        return new Handover(this);
    }

    /// <summary>What a signal does; a test may call it in the kernel's place.</summary>
    internal void Raise(PosixSignal signal)
    {
        if (receiver is { } child)
            child(signal);
        else
            cancel.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        cancel.Dispose();
    }

    private void On(PosixSignalContext context)
    {
        context.Cancel = true;
        Raise(context.Signal);
    }

    private sealed class Handover(Interrupts interrupts) : IDisposable
    {
        public void Dispose() => interrupts.receiver = null;
    }
}
