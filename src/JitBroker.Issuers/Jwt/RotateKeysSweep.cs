using JitBroker.Scheduling;

namespace JitBroker.Issuers.Jwt;

/// <summary>Each minute; see <see cref="SigningKeys.RotateAsync"/>.</summary>
internal sealed class RotateKeysSweep(SigningKeys keys) : ISweep
{
    public Sweep Sweep => Sweep.RotateKeys;

    public Task RunAsync(CancellationToken cancellationToken) => keys.RotateAsync(cancellationToken);
}
