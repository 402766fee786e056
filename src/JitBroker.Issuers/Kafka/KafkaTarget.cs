using System.Diagnostics.CodeAnalysis;
using JitBroker.Issuers.Kafka.Wire;

namespace JitBroker.Issuers.Kafka;

/// <summary>The way to one cluster as the broker's own user. References are resolved anew each time, so that a changed password is seen at once.</summary>
internal sealed class KafkaTarget(SecretLookup secrets, BrokerConnections connections, TimeProvider clock)
{
    /// <summary>False with <paramref name="problem"/> a sentence that holds no secret.</summary>
    public bool TryFind(KafkaSettings settings, [NotNullWhen(true)] out Cluster? cluster, out string problem)
    {
        cluster = null;
        if (secrets(settings.User, out problem) is not { } user || secrets(settings.Password, out problem) is not { } password)
            return false;
        string? authorities = null;
        if (settings.Authorities is not null && (authorities = secrets(settings.Authorities, out problem)) is null)
            return false;
        cluster = new Cluster(settings.Servers, new WayIn(settings.IsTls, authorities, settings.Hash.Mechanism, user, password), connections, clock);
        return true;
    }
}
