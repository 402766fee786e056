using System.Collections.Frozen;
using JitBroker.People;
using JitBroker.People.OnCall;

namespace JitBroker.Catalog.Loading;

/// <summary>Reads people and groups: a person exists by standing in <c>people:</c> or by being named in a group.</summary>
internal sealed class PeopleReader(Sections sections, CatalogChecks checks)
{
    private readonly Dictionary<string, PersonEntry> _people = new(StringComparer.Ordinal);

    private readonly Dictionary<string, Field> _written = new(StringComparer.Ordinal);

    private readonly Dictionary<Identity, Person> _identities = [];

    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);

    public FrozenDictionary<string, PersonEntry> People => _people.ToFrozenDictionary(StringComparer.Ordinal);

    public FrozenDictionary<Identity, Person> Identities => _identities.ToFrozenDictionary();

    public FrozenDictionary<string, Group> Groups => _groups.ToFrozenDictionary(StringComparer.Ordinal);

    public PeopleReader Read()
    {
        foreach (var field in sections.People)
            ReadPerson(field);
        foreach (var (name, field) in sections.Of("groups"))
        {
            if (Shapes.IsName(name, field))
                ReadGroup(name, field);
        }

        return this;
    }

    private void ReadPerson(Field field)
    {
        if (field.Map("a person { email, name, … }") is not { } map)
            return;
        var emailField = map.Need("email", "Every person has one: email: ana@example.com.");
        var email = emailField is null ? null : Shapes.EmailOf(emailField);
        var name = map.Take("name")?.Text(100);
        var identities = Accounts(map.Take("slack"), Shapes.SlackOf).Concat(Accounts(map.Take("teams"), Shapes.TeamsOf)).ToList();
        map.Close();
        if (email is null)
            return;
        if (!_written.TryAdd(email, emailField!))
        {
            emailField!.Fault($"is the same person as {_written[email].Path} (addresses compare without regard to case)", "Keep one entry and give it all accounts.");
            return;
        }

        var person = new Person(email, name ?? NameOf(email));
        _people[email] = new PersonEntry(person, [.. identities.Select(i => i.Identity)], name is not null);
        foreach (var (identity, at) in identities)
        {
            if (!_identities.TryAdd(identity, person))
                at.Fault($"is {_identities[identity].Email}'s account already", "One account belongs to one person.");
        }
    }

    private static List<(Identity Identity, Field At)> Accounts(Field? field, Func<Field, Identity?> read)
    {
        var items = field is null ? [] : field.Node is YamlList ? field.List("a list of accounts") : [field];
        return [.. items.Select(i => (Identity: read(i), At: i)).Where(i => i.Identity is not null).Select(i => (i.Identity!, i.At))];
    }

    private void ReadGroup(string name, Field field)
    {
        if (field.Map("a group { members: […] }, { schedule: … } or { scim: … }") is not { } map)
        {
            _groups[name] = new Group(name, [], null);
            return;
        }

        var (members, schedule, scim) = (map.Take("members"), map.Take("schedule"), map.Take("scim"));
        if (new[] { members, schedule, scim }.Count(k => k is not null) != 1)
            field.FaultHere("A group has either members, a schedule or a scim group", "Write members: [ana@example.com], schedule: { kind, id, token }, or scim: \"Display name\".");
        map.Close();
        var emails = members?.List("a list of e-mail addresses").Select(Shapes.EmailOf).OfType<string>().ToFrozenSet(StringComparer.Ordinal) ?? [];
        foreach (var email in emails)
            _people.TryAdd(email, new PersonEntry(new Person(email, NameOf(email)), [], IsNamed: false));
        _groups[name] = new Group(name, emails, schedule is null ? null : Schedule(schedule), scim is null ? null : Scim(scim));
    }

    /// <summary>Whether such a group was pushed is not the catalog's to check: it may come and go.</summary>
    private static ScimReference? Scim(Field field)
    {
        if (field.Node is not YamlMap)
            return field.Text(255) is { } text ? new ScimReference(text) : null;
        var map = field.Map("a SCIM group { group, client }")!;
        var (group, client) = (map.Need("group", "Name the group by its display name or external id.")?.Text(255), map.Take("client")?.Text(75));
        map.Close();
        return group is null ? null : new ScimReference(group, client);
    }

    private OnCallSchedule Schedule(Field field)
    {
        var nothing = new OnCallSchedule("", "", "");
        if (field.Map("a schedule { kind, id, token }") is not { } map)
            return nothing;
        var kind = map.Need("kind", "Write pagerduty, opsgenie or http.")?.OneOf("pagerduty", "opsgenie", "http");
        var id = map.Need("id", "Name the schedule.");
        var token = map.Need("token", "Write token: ${env:NAME}.");
        var api = kind is "pagerduty" or "opsgenie" ? map.Take("api") : null;
        map.Close();
        return new OnCallSchedule(
            kind ?? "",
            (id is null ? null : kind == "http" ? Endpoint(kind, id) : id.Text()) ?? "",
            (token is null ? null : checks.Secret(token)) ?? "",
            api is null ? null : Endpoint(kind!, api));
    }

    private string? Endpoint(string kind, Field field)
    {
        if (field.Text(500) is not { } text)
            return null;
        if (OnCallAddresses.Objection(kind, text, checks.Options.AllowTestEndpoints) is not { } objection)
            return text;
        field.Fault(objection, "Correct it; plain http is for test endpoints on loopback only.");
        return null;
    }

    private static string NameOf(string email) => email.Split('@')[0];
}
