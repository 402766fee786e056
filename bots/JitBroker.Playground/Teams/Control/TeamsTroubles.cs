using System.Text.Json.Nodes;
using JitBroker.Playground.Chaos;
using JitBroker.Playground.Control;
using JitBroker.Playground.Teams.State;
using JitBroker.Playground.Teams.Tokens;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground.Teams.Control;

/// <summary>The trouble the tenant can make: faults of calls one by one, tokens that hold no more; chaos is one switch for both workspaces.</summary>
internal sealed class TeamsTroubles(Tenant tenant, Faults faults, ChaosSwitch chaos, AccessTokens tokens)
{
    private static readonly string[] Calls =
    [
        "token", "conversations.create", "activities.send", "activities.reply", "activities.update", "activities.delete", "members.get", "members.paged", "members.all", "teams.get", "teams.conversations",
    ];

    /// <summary>
    /// <c>{call | "*", times?, status?, error?, retry_after?, after_effect?, delay_ms?}</c> for the next calls, with status 0 for a broken connection; <c>{chaos: {…} | "off" | "rough" |
    /// "storm", seed?}</c> as for Slack; <c>{revoke_tokens: true}</c>; <c>{clear: true}</c> ends faults and chaos.
    /// </summary>
    public ControlAnswer Fault(ControlRequest request)
    {
        if (request.Flag("clear"))
        {
            faults.Clear();
            chaos.Settings = new ChaosSettings();
        }
        else if (request.Flag("revoke_tokens")) tokens.RevokeAll();
        else if (request.Body["chaos"] is { } given)
        {
            var (settings, problem) = given is JsonObject shape ? ChaosSettings.Read(shape) : (ChaosSettings.Preset(Wire.Text(given) ?? "", request.Number("seed", 1)), "There is no such preset; there are off, rough and storm.");
            if (settings is null) return ControlAnswer.Refused(problem!);
            chaos.Settings = settings;
        }
        else
        {
            var call = request.Need("call");
            if (call != "*" && !Calls.Contains(call, StringComparer.Ordinal)) return ControlAnswer.Refused($"There is no call \"{call}\"; there are {string.Join(", ", Calls)}.");
            faults.Add(new Fault(call, request.Number("times", 1), request.Number("status", 500), request.Text("error"),
                request.Body["retry_after"] is null ? null : request.Number("retry_after", 1), request.Flag("after_effect"), TimeSpan.FromMilliseconds(request.Number("delay_ms", 0))));
        }
        tenant.Changed();
        return ControlAnswer.Done(("chaos", chaos.Describe()));
    }
}
