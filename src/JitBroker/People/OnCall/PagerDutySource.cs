using System.Globalization;
using System.Text.Json;
using JitBroker.Catalog;
using JitBroker.Issuing;

namespace JitBroker.People.OnCall;

/// <summary>
/// PagerDuty's REST API v2, <c>GET /oncalls</c>: one entry per escalation policy, level and user that the schedule puts on call now, paged by
/// <c>offset</c> while <c>more</c>. Every level counts. The token is a read-only REST API key.
/// </summary>
internal sealed class PagerDutySource(OnCallHttp http) : IOnCallSource
{
    private const int PageSize = 100;

    public string Kind => "pagerduty";

    public string NameOf(OnCallSchedule schedule) => "PagerDuty";

    public async Task<OnCallAnswer> ReadAsync(OnCallSchedule schedule, Secret token, CancellationToken cancellationToken)
    {
        var who = NameOf(schedule);
        var emails = new OnCallEmails(who);
        for (var page = 0; page < OnCallHttp.MostPages; page++)
        {
            var query = string.Create(CultureInfo.InvariantCulture, $"?schedule_ids[]={Uri.EscapeDataString(schedule.Id)}&include[]=users&limit={PageSize}&offset={page * PageSize}");
            var address = new Uri(OnCallAddresses.Of(schedule), "oncalls" + query);
            var json = await http.GetAsync(address, "Token token=" + token.Reveal(), "application/vnd.pagerduty+json;version=2", who, cancellationToken);
            foreach (var entry in json.At("oncalls").Items(who))
                Add(emails, entry, schedule);
            if (json.At("more") is not { ValueKind: JsonValueKind.True })
                return emails.Answer;
        }

        return new OnCallAnswer.Unknown($"{who} answered without end");
    }

    /// <summary>The filter is PagerDuty's; an entry of another schedule would be its fault and is not ours to believe.</summary>
    private static void Add(OnCallEmails emails, JsonElement entry, OnCallSchedule schedule)
    {
        if (entry.At("schedule")?.At("id") is { ValueKind: JsonValueKind.String } id && id.GetString() == schedule.Id)
            emails.Add(entry.At("user")?.At("email"));
    }
}
