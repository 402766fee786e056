using System.Collections.Immutable;

namespace JitBroker.People.Linking;

/// <summary>Which accounts were linked to whom, beside those that the catalog names. Immutable.</summary>
public sealed class Links
{
    private readonly ImmutableDictionary<Identity, LinkedIdentity> _byAccount;
    private readonly ImmutableDictionary<string, ImmutableList<Identity>> _byPerson;

    private Links(ImmutableDictionary<Identity, LinkedIdentity> byAccount, ImmutableDictionary<string, ImmutableList<Identity>> byPerson) => (_byAccount, _byPerson) = (byAccount, byPerson);

    public static Links None { get; } = new(ImmutableDictionary<Identity, LinkedIdentity>.Empty, ImmutableDictionary<string, ImmutableList<Identity>>.Empty);

    /// <summary>Canonical e-mail of the person it is linked to, or null.</summary>
    public string? PersonOf(Identity account) => _byAccount.TryGetValue(account, out var found) ? found.Person : null;

    /// <summary>Every link that holds.</summary>
    public IEnumerable<LinkedIdentity> All => _byAccount.Values;

    /// <summary>The accounts linked to a person, oldest first.</summary>
    public IReadOnlyList<Identity> Of(string email) => _byPerson.TryGetValue(email, out var found) ? found : [];

    /// <summary>With what was linked and unlinked since, in the order of their revisions.</summary>
    public Links With(IEnumerable<LinkedIdentity> changed)
    {
        var (byAccount, byPerson) = (_byAccount, _byPerson);
        foreach (var one in changed)
        {
            if (byAccount.TryGetValue(one.Identity, out var before) && (before.Id == one.Id || one.IsLinked))
            {
                byAccount = byAccount.Remove(one.Identity);
                byPerson = byPerson.SetItem(before.Person, byPerson.GetValueOrDefault(before.Person, []).Remove(one.Identity));
            }

            if (!one.IsLinked)
                continue;
            byAccount = byAccount.SetItem(one.Identity, one);
            byPerson = byPerson.SetItem(one.Person, byPerson.GetValueOrDefault(one.Person, []).Add(one.Identity));
        }

        return new Links(byAccount, byPerson);
    }
}
