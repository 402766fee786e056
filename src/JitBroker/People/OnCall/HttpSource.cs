using System.Text.Json;
using JitBroker.Catalog;
using JitBroker.Issuing;

namespace JitBroker.People.OnCall;

/// <summary>
/// Any service that answers <c>{"onCall":["ana@example.com"],"next":null}</c> to a GET with <c>Authorization: Bearer …</c>. An entry may also be an object
/// with <c>email</c>. <c>next</c> is the address of the next page, at the same origin.
/// </summary>
internal sealed class HttpSource(OnCallHttp http) : IOnCallSource
{
    public string Kind => "http";

    public string NameOf(OnCallSchedule schedule) => OnCallAddresses.Of(schedule).Host;

    public async Task<OnCallAnswer> ReadAsync(OnCallSchedule schedule, Secret token, CancellationToken cancellationToken)
    {
        var who = NameOf(schedule);
        var emails = new OnCallEmails(who);
        var first = OnCallAddresses.Of(schedule);
        var address = first;
        for (var page = 0; page < OnCallHttp.MostPages; page++)
        {
            var json = await http.GetAsync(address, "Bearer " + token.Reveal(), "application/json", who, cancellationToken);
            foreach (var entry in json.At("onCall").Items(who))
                emails.Add(entry.ValueKind == JsonValueKind.Object ? entry.At("email") : entry);
            if (json.At("next") is not { ValueKind: not JsonValueKind.Null } next)
                return emails.Answer;
            if (Next(first, next) is not { } following)
                return new OnCallAnswer.Unknown($"{who} continues at another address");
            address = following;
        }

        return new OnCallAnswer.Unknown($"{who} answered without end");
    }

    /// <summary>The token goes nowhere else.</summary>
    private static Uri? Next(Uri first, JsonElement next) =>
        next.ValueKind == JsonValueKind.String && Uri.TryCreate(first, next.GetString(), out var address)
        && address.UserInfo.Length == 0 && Uri.Compare(first, address, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0
            ? address
            : null;
}
