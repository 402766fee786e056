using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace JitBroker.Playground.Chaos;

/// <summary>
/// Throws the dice. Whether something happens depends on the seed, the fault, what it would happen to and how many of those there were before: whatever else
/// goes on at the same time changes nothing, so a run can be repeated.
/// </summary>
internal sealed class ChaosSwitch
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Fault, string What), long> _thrown = [];
    private readonly Dictionary<string, int> _happened = new(StringComparer.Ordinal);
    private ChaosSettings _settings = new();

    /// <summary>Setting it begins a new run.</summary>
    public ChaosSettings Settings
    {
        get { lock (_gate) return _settings; }
        set
        {
            lock (_gate)
            {
                _settings = value;
                _thrown.Clear();
                _happened.Clear();
            }
        }
    }

    /// <param name="fault">One of <see cref="ChaosSettings.Names"/>.</param>
    /// <param name="what">A delivery's type or a method.</param>
    public bool Happens(string fault, string what)
    {
        lock (_gate)
        {
            var chance = _settings.Chance(fault);
            if (chance <= 0 || Throw(fault, what) >= chance) return false;
            _happened[fault] = _happened.GetValueOrDefault(fault) + 1;
            return true;
        }
    }

    /// <summary>Up to the longest delay.</summary>
    public TimeSpan Delay(string fault, string what)
    {
        lock (_gate) return TimeSpan.FromMilliseconds(_settings.DelayMs * Throw(fault + " how long", what));
    }

    /// <summary>The settings, whether any is on, and how often each has happened.</summary>
    public JsonObject Describe()
    {
        lock (_gate)
        {
            var json = _settings.ToJson();
            json["on"] = _settings.IsOn;
            json["happened"] = new JsonObject(_happened.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => KeyValuePair.Create<string, JsonNode?>(h.Key, h.Value)));
            return json;
        }
    }

    /// <summary>From 0 up to but without 1.</summary>
    private double Throw(string fault, string what)
    {
        var n = _thrown[(fault, what)] = _thrown.GetValueOrDefault((fault, what)) + 1;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{_settings.Seed}\n{fault}\n{what}\n{n}")));
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) / (double)(1UL << 53);
    }
}
