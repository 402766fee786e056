namespace JitBroker.Issuing;

/// <summary>As <see cref="ScrubbingIssuer"/>.</summary>
internal sealed class ScrubbingProlongs(IProlongs inner, Scrubber scrubber) : IProlongs
{
    public async Task<ProlongOutcome> ProlongAsync(RevocationHandle handle, DateTimeOffset until, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.ProlongAsync(handle, until, cancellationToken) switch
            {
                ProlongOutcome.Gone gone => gone with { Why = scrubber.Clean(gone.Why, handle.Data) },
                ProlongOutcome.Failed failed => failed with { Why = scrubber.Clean(failed.Why, handle.Data) },
                var prolonged => prolonged,
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            return new ProlongOutcome.Failed($"{handle.Target} failed ({e.GetType().Name}).", Obstacle.Away);
        }
    }
}
