using Microsoft.Extensions.Hosting;

namespace JitBroker.Bots.Teams;

/// <summary>How this replica stands with Teams, in a sentence for <c>/readyz</c>. Teams' absence is shown there and makes no replica unready (contract §2).</summary>
public sealed class TeamsStanding
{
    private readonly TeamsKeys _keys;
    private readonly TeamsCredentials _credentials;

    internal TeamsStanding(TeamsKeys keys, TeamsCredentials credentials) => (_keys, _credentials) = (keys, credentials);

    public bool IsInTrouble => Trouble.Length > 0;

    public string Describe() => IsInTrouble ? Trouble : "Teams calls this broker.";

    private string Trouble => string.Join(' ', new[] { _keys.Trouble, _credentials.Trouble }.OfType<string>());
}

/// <summary>Says at the start, once and without holding it up, whether the app's secret or certificate gives it a token.</summary>
internal sealed class TeamsGreeting(TeamsCredentials credentials) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            // The credentials themselves say what is wrong with them.
            await credentials.TokenAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops before it was answered; nobody waits for it.
            return;
        }
    }
}
