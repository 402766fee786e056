using JitBroker.Catalog;
using JitBroker.Issuing;

namespace JitBroker.People.OnCall;

/// <summary>
/// Opsgenie's "Who is on call" API, <c>GET /v2/schedules/ID/on-calls?flat=true</c>: the user names, which are e-mail addresses, of all participants of all
/// rotations, teams and escalations resolved. It is not paged. The key is that of an API integration with read access.
/// </summary>
internal sealed class OpsgenieSource(OnCallHttp http) : IOnCallSource
{
    public string Kind => "opsgenie";

    public string NameOf(OnCallSchedule schedule) => "Opsgenie";

    public async Task<OnCallAnswer> ReadAsync(OnCallSchedule schedule, Secret token, CancellationToken cancellationToken)
    {
        var who = NameOf(schedule);
        var emails = new OnCallEmails(who);
        var address = new Uri(OnCallAddresses.Of(schedule), $"v2/schedules/{Uri.EscapeDataString(schedule.Id)}/on-calls?scheduleIdentifierType=id&flat=true");
        var json = await http.GetAsync(address, "GenieKey " + token.Reveal(), "application/json", who, cancellationToken);
        foreach (var recipient in json.At("data")?.At("onCallRecipients").Items(who) ?? throw new OnCallUnknownException($"{who} answered what I cannot read"))
            emails.Add(recipient);
        return emails.Answer;
    }
}
