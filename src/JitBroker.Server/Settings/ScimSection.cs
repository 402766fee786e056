using JitBroker.People.Scim;

namespace JitBroker.Server.Settings;

/// <summary><c>Scim</c>: who pushes people here. Without a client there is no SCIM.</summary>
public sealed record ScimSection(IReadOnlyList<ScimClientSection> Clients)
{
    public ScimClients Names => new(Clients.Select(c => c.Name).ToHashSet(StringComparer.Ordinal));
}

/// <summary>One identity provider. Any of <paramref name="Tokens"/> is taken, so that one can be replaced.</summary>
public sealed record ScimClientSection(string Name, IReadOnlyList<SettingSecret> Tokens);

/// <summary>Reads <c>Scim</c>.</summary>
internal static class ScimSettings
{
    private const int ShortestToken = 20;

    public static ScimSection Scim(this SettingsReader reader)
    {
        var clients = new List<ScimClientSection>();
        foreach (var path in reader.Entries("Scim:Clients"))
        {
            var (name, tokens) = (reader.Text(path + ":Name", ""), reader.Secrets(path + ":Tokens"));
            if (name.Length is 0 or > 40 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
                reader.Fault(path + ":Name", name, "this is not a name of a-z, 0-9 and dashes", "Write it like okta.");
            else if (clients.Exists(c => c.Name == name))
                reader.Fault(path + ":Name", name, "another client has this name", "Choose another.");
            if (tokens.Count == 0 && !reader.Problems.Any(p => p.Path.StartsWith(path + ":Tokens", StringComparison.Ordinal)))
                reader.Fault(path + ":Tokens", null, "it is missing", "Set it to [\"${env:SCIM_TOKEN}\"], a random text that the identity provider sends as its bearer token.");
            if (tokens.Any(t => t.Current.Reveal().Length < ShortestToken))
                reader.Fault(path + ":Tokens", null, "a token is shorter than 20 characters", "Make it by: openssl rand -base64 32.");
            if (tokens.Any(t => clients.Exists(c => c.Tokens.Any(o => o.Current.Reveal() == t.Current.Reveal()))))
                reader.Fault(path + ":Tokens", null, "another client has the same token", "Give each client its own.");
            clients.Add(new ScimClientSection(name, tokens));
        }

        return new ScimSection(clients);
    }
}
