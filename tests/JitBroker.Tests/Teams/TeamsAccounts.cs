using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using JitBroker.Catalog;
using JitBroker.People;
using JitBroker.Playground;

namespace JitBroker.Tests.Teams;

/// <summary>The accounts that people have in the playground's tenant; those who are not of it have made-up ones.</summary>
internal static class TeamsAccounts
{
    public static string Tenant { get; } = new PlaygroundTeamsOptions().TenantId.ToString();

    public static Guid ObjectOf(string person) => Find(person)?.ObjectId ?? new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(person)).AsSpan(0, 16));

    public static string MemberOf(string person) => Find(person)?.Id ?? "29:1" + person;

    /// <summary>The catalog with an account in Teams for each who has one in Slack.</summary>
    public static CatalogSnapshot With(CatalogSnapshot catalog)
    {
        var people = catalog.People.ToDictionary(
            p => p.Key,
            p => p.Value.Identities.Count == 0 ? p.Value : p.Value with { Identities = [.. p.Value.Identities, new Identity("teams", Tenant, ObjectOf(p.Key[..p.Key.IndexOf('@', StringComparison.Ordinal)]).ToString())] },
            StringComparer.Ordinal);
        return catalog with
        {
            People = people.ToFrozenDictionary(StringComparer.Ordinal),
            Identities = people.Values.SelectMany(p => p.Identities.Select(i => (i, p.Person))).ToFrozenDictionary(x => x.i, x => x.Person),
        };
    }

    private static PlaygroundTeamsPerson? Find(string person) => PlaygroundTeamsDefaults.People.FirstOrDefault(p => p.Handle == person);
}
