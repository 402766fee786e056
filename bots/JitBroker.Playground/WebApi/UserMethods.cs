using System.Text.Json.Nodes;
using JitBroker.Playground.State;

namespace JitBroker.Playground.WebApi;

/// <summary>auth.test, users.info and users.lookupByEmail.</summary>
internal sealed class UserMethods(Workspace workspace)
{
    private PlaygroundOptions Options => workspace.Options;

    public IEnumerable<ApiMethod> All =>
    [
        new("auth.test", null, Tier.Special, Test),
        new("users.info", "users:read", Tier.Four, Info),
        new("users.lookupByEmail", "users:read.email", Tier.Three, Lookup),
    ];

    private ApiAnswer Test(ApiCall call) => ApiAnswer.With(("url", $"https://{Options.TeamDomain}.slack.com/"), ("team", Options.TeamName),
        ("user", Options.AppName.ToLowerInvariant()), ("team_id", Options.TeamId), ("user_id", Options.BotUserId), ("bot_id", Options.BotId), ("is_enterprise_install", false));

    private ApiAnswer Info(ApiCall call)
    {
        var id = call.Text("user");
        if (id == Options.BotUserId) return ApiAnswer.With(("user", Describe(new PlaygroundPerson(id, Options.AppName.ToLowerInvariant(), Options.AppName) { IsBot = true })));
        return id is not null && workspace.People.TryGetValue(id, out var person) ? ApiAnswer.With(("user", Describe(person))) : ApiAnswer.Fail("user_not_found");
    }

    private ApiAnswer Lookup(ApiCall call)
    {
        var email = call.Text("email");
        var person = workspace.People.Values.FirstOrDefault(p => p is { Email: not null, IsBot: false, Deleted: false } && string.Equals(p.Email, email, StringComparison.OrdinalIgnoreCase));
        return person is null ? ApiAnswer.Fail("users_not_found") : ApiAnswer.With(("user", Describe(person)));
    }

    private JsonObject Describe(PlaygroundPerson p)
    {
        var profile = new JsonObject
        {
            ["title"] = p.Title ?? "", ["real_name"] = p.Name, ["real_name_normalized"] = p.Name, ["display_name"] = p.Handle,
            ["display_name_normalized"] = p.Handle, ["team"] = p.TeamId ?? Options.TeamId,
        };
        if (p.Email is not null && Options.Scopes.Contains("users:read.email")) profile["email"] = p.Email;
        var user = new JsonObject
        {
            ["id"] = p.Id,
            ["team_id"] = p.TeamId ?? Options.TeamId,
            ["name"] = p.Handle,
            ["deleted"] = p.Deleted,
            ["profile"] = profile,
            ["is_bot"] = p.IsBot,
            ["is_app_user"] = false,
            ["updated"] = 0,
        };
        if (p.Deleted) return user;
        user["real_name"] = p.Name;
        user["tz"] = "Europe/Amsterdam";
        user["tz_label"] = "Central European Time";
        user["tz_offset"] = 3600;
        user["is_admin"] = false;
        user["is_owner"] = false;
        user["is_primary_owner"] = false;
        user["is_restricted"] = p.IsRestricted || p.IsUltraRestricted;
        user["is_ultra_restricted"] = p.IsUltraRestricted;
        user["is_email_confirmed"] = p.IsEmailConfirmed;
        if (p.TeamId is not null && p.TeamId != Options.TeamId) user["is_stranger"] = p.IsStranger;
        return user;
    }
}
