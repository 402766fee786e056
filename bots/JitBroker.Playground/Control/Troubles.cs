using System.Text.Json.Nodes;
using JitBroker.Playground.Chaos;
using JitBroker.Playground.Sockets;
using JitBroker.Playground.State;
using JitBroker.Playground.WebApi;

namespace JitBroker.Playground.Control;

/// <summary>The trouble a workspace can make: faults one by one, chaos by chance, sockets that are told to go.</summary>
internal sealed class Troubles(Workspace workspace, Faults faults, ChaosSwitch chaos, SocketHub hub)
{
    private static readonly string[] Reasons = ["warning", "refresh_requested", "link_disabled", "too_many_websockets"];

    /// <summary>
    /// <c>{method | "*", times?, status?, error?, retry_after?, after_effect?, delay_ms?}</c> for the next calls; <c>{chaos: {…} | "off" | "rough" | "storm", seed?}</c>
    /// for all that comes; <c>{clear: true}</c> ends both.
    /// </summary>
    public ControlAnswer Fault(ControlRequest request)
    {
        if (request.Flag("clear"))
        {
            faults.Clear();
            chaos.Settings = new ChaosSettings();
        }
        else if (request.Body["chaos"] is { } given)
        {
            var (settings, problem) = given is JsonObject shape ? ChaosSettings.Read(shape) : (ChaosSettings.Preset(Wire.Text(given) ?? "", request.Number("seed", 1)), "There is no such preset; there are off, rough and storm.");
            if (settings is null) return ControlAnswer.Refused(problem!);
            chaos.Settings = settings;
        }
        else
            faults.Add(new Fault(request.Need("method"), request.Number("times", 1), request.Number("status", 500), request.Text("error"),
                request.Body["retry_after"] is null ? null : request.Number("retry_after", 1), request.Flag("after_effect"), TimeSpan.FromMilliseconds(request.Number("delay_ms", 0))));
        workspace.Changed();
        return ControlAnswer.Done(("chaos", chaos.Describe()));
    }

    /// <summary>
    /// <c>{disconnect: warning|refresh_requested|link_disabled|too_many_websockets, number?}</c> tells one socket or all to go; <c>{abort: true, number?}</c> breaks them
    /// without a word; <c>{enabled: true|false}</c> is the switch in the app's settings. → <c>{ok, told?, sockets: […]}</c>.
    /// </summary>
    public async Task<ControlAnswer> SocketsAsync(ControlRequest request, CancellationToken ct)
    {
        int? number = request.Body["number"] is null ? null : request.Number("number", 0);
        if (request.Body["enabled"] is not null) hub.IsEnabled = request.Flag("enabled");
        var told = 0;
        if (request.Text("disconnect") is { } reason)
        {
            if (!Reasons.Contains(reason, StringComparer.Ordinal)) return ControlAnswer.Refused($"\"disconnect\" is one of {string.Join(", ", Reasons)}.");
            if (reason == "link_disabled") hub.IsEnabled = false;
            told = await hub.TellAsync(reason, number, ct);
        }
        else if (request.Flag("abort"))
            foreach (var connection in hub.Open().Where(c => number is null || c.Number == number))
            {
                connection.Abort();
                told++;
            }
        return ControlAnswer.Done(("told", told), ("sockets", hub.Describe()));
    }
}
