using System.Globalization;

namespace JitBroker.Bots.Slack;

/// <summary>How this replica stands with Slack, in a sentence for <c>/readyz</c>. Slack's absence is shown there and makes no replica unready (contract §2).</summary>
public sealed class SlackStanding(SlackOptions options)
{
    private readonly Lock _gate = new();
    private readonly bool[] _open = new bool[options.Sockets];
    private string? _trouble;

    /// <summary>How many sockets are open now; 0 in http mode.</summary>
    public int OpenSockets
    {
        get
        {
            lock (_gate)
                return _open.Count(o => o);
        }
    }

    public string Describe()
    {
        if (options.Mode != SlackOptions.Socket)
            return "http: Slack calls this broker.";
        lock (_gate)
        {
            var open = string.Create(CultureInfo.InvariantCulture, $"socket: {_open.Count(o => o)} of {_open.Length} open");
            return _trouble is null ? open + "." : $"{open}; last trouble: {_trouble}.";
        }
    }

    internal void Opened(int slot)
    {
        lock (_gate)
        {
            _open[slot] = true;
            if (_open.All(o => o))
                _trouble = null;
        }
    }

    /// <summary>It is to be left, and still works.</summary>
    internal void Leaving(int slot)
    {
        lock (_gate)
            _trouble = _open[slot] ? "Slack asked to connect anew" : _trouble;
    }

    internal void Closed(int slot, string why)
    {
        lock (_gate)
            (_open[slot], _trouble) = (false, why);
    }
}
