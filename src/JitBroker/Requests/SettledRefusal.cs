using System.Globalization;
using JitBroker.People;
using JitBroker.Policy;

namespace JitBroker.Requests;

/// <summary>What a loser of the race, or a late press, is told: who won and when.</summary>
public static class SettledRefusal
{
    public static Refusal Of(Request settled, PeopleDirectory directory)
    {
        var who = settled.SettledBy is { } email ? directory.Find(email)?.Name ?? email : null;
        var at = string.Create(CultureInfo.InvariantCulture, $"{settled.SettledAt:HH:mm:ss} UTC");
        var text = RequestLifecycle.Parse(settled.State) switch
        {
            RequestState.Approved when settled.Kind == TakeBreakGlass.Kind => $"This was taken as an emergency at {at}: nobody is asked. You can end it, with a reason.",
            RequestState.Approved when who is null => $"This was approved by rule at {at}; your press changed nothing.",
            RequestState.Approved => $"{who} approved this at {at}; your press changed nothing.",
            RequestState.Denied => $"{who} denied this at {at}; your press changed nothing.",
            RequestState.Cancelled when who is null => $"Its asker left at {at}; there is nothing to decide any more.",
            RequestState.Cancelled => $"{who} withdrew this at {at}; there is nothing to decide any more.",
            RequestState.Lapsed => $"This lapsed at {at}: {Because(settled)} {directory.Find(settled.Requester)?.Name ?? settled.Requester} can ask again.",
            _ => $"This is settled ({settled.State}).",
        };
        return new Refusal(Codes.AlreadySettled, text) { SettledBy = settled.SettledBy, State = settled.State };
    }

    private static string Because(Request lapsed) => lapsed.SettledBecause switch
    {
        "catalog_changed" => "what it would grant has changed since.",
        "not_eligible" => "its asker may not have it any more.",
        "grant_ended" => "the access it would extend is over.",
        "extension_limit" => "the access was extended to its limit meanwhile.",
        _ => "nobody decided in time.",
    };
}
