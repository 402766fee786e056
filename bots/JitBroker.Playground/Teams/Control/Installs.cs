using System.Text.Json.Nodes;
using JitBroker.Playground.Control;
using JitBroker.Playground.Delivery;
using JitBroker.Playground.Teams.Delivery;
using JitBroker.Playground.Teams.State;

namespace JitBroker.Playground.Teams.Control;

/// <summary>The app added to the team and to people's personal chats, or removed, and what the bot hears of it.</summary>
internal sealed class Installs(Tenant tenant, Activities activities, IBotDelivery bot)
{
    /// <summary><c>{person? | team?: true, remove?}</c>: one person's chat, or the team; with neither, both the team and everybody. → <c>{ok, installed: N}</c>.</summary>
    public async Task<ControlAnswer> InstallAsync(ControlRequest request, CancellationToken ct)
    {
        List<(string Person, Chat Chat)> places;
        lock (tenant.Gate)
        {
            var admin = tenant.Options.People.Count > 0 ? tenant.Options.People[^1].Id : throw new ControlFault("Nobody is in the tenant.");
            var team = (admin, tenant.Chats[tenant.TeamId]);
            places = request.Text("person") is not null ? [(request.Person(tenant), tenant.PersonalOf(request.Person(tenant))!)]
                : request.Flag("team") ? [team]
                : [team, .. tenant.People.Keys.Select(p => (p, tenant.PersonalOf(p)!))];
        }
        return await ChangeAsync(places, isAdded: !request.Flag("remove"), ct);
    }

    private async Task<ControlAnswer> ChangeAsync(List<(string Person, Chat Chat)> places, bool isAdded, CancellationToken ct)
    {
        var done = 0;
        DeliveryOutcome? failed = null;
        foreach (var (person, chat) in places)
        {
            IReadOnlyList<JsonObject> told;
            lock (tenant.Gate)
            {
                if (chat.Kind == ChatKind.Channel) tenant.IsInTeam = isAdded;
                else chat.HasBot = isAdded;
                told = activities.Installed(person, chat, isAdded);
                tenant.Changed();
            }
            foreach (var activity in told)
                if (await bot.DeliverAsync(activity, ct) is { Ok: false } outcome) failed = outcome;
            done++;
        }
        var answer = failed is null ? ControlAnswer.Done() : ControlAnswer.From(failed);
        answer.Body["installed"] = done;
        return answer;
    }
}
