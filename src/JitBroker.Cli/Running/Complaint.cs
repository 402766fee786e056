using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Running;

/// <summary>How a run that failed says so: the code first, then the sentence, then what to do next. All of it on standard error.</summary>
internal static class Complaint
{
    internal static int Print(Exception fault, Screen screen)
    {
        switch (fault)
        {
            case BrokerRefusedException refused:
                Refused(refused, screen);
                return Exits.Refused;
            case RefusedHereException refused:
                screen.Complain(refused.Code, refused.Message, refused.Next ?? NextFor(refused.Code));
                return Exits.Refused;
            case BrokerUnreachableException unreachable:
                screen.Complain("unreachable", unreachable.Message, "jit doctor looks at what is wrong");
                return Exits.Unreachable;
            case UsageFaultException usage:
                screen.Complain("usage", usage.Message, usage.Next);
                return Exits.Usage;
            case OperationCanceledException:
                return Exits.Interrupted;
            default:
                screen.Complain("failed", $"{fault.Message} ({fault.GetType().Name})", fault is IOException or UnauthorizedAccessException ? "jit doctor looks at the state directory" : null);
                return Exits.Refused;
        }
    }

    private static void Refused(BrokerRefusedException refused, Screen screen)
    {
        var problem = refused.Problem;
        var sentence = Sentence(problem);
        screen.Complain(refused.Code, sentence, null);
        foreach (var (field, faults) in problem.Errors ?? new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal))
        {
            foreach (var fault in faults.Where(fault => fault != sentence))
                screen.ErrorLine($"  {field}: {fault}");
        }

        if (problem.Ref is not null)
            screen.ErrorLine($"  Quote {problem.Ref} to whoever runs the broker.");
        var next = refused.RetryAfter is { } wait ? $"try again in {Durations.ToShort(Times.Whole(wait))}" : NextFor(refused.Code, problem.Id);
        if (next is not null && !Names(sentence, next))
            screen.NextLine(next);
    }

    /// <summary>The broker's sentence may name the command already: a step is told once.</summary>
    private static bool Names(string sentence, string next)
    {
        var words = next.Split(' ');
        return words[0] == "jit" && sentence.Contains(string.Join(' ', words.Take(words is [_, _, ['-', '-', ..], ..] ? 3 : 2)), StringComparison.Ordinal);
    }

    private static string Sentence(Problem problem)
    {
        var said = problem.Detail ?? problem.Title ?? $"The broker answered {problem.Status}.";
        var winner = problem.SettledBy is { } by && !said.Contains(by.Name, StringComparison.OrdinalIgnoreCase) ? $" Settled by {by.Name}{(problem.State is null ? "" : $": {problem.State}")}." : "";
        return said + winner;
    }

    private static string? NextFor(string code, string? id = null) => code switch
    {
        Codes.Unauthenticated => "jit login",
        Codes.ScopeNeeded => "jit login --can-decide",
        Codes.UnknownEntitlement => "jit list shows what you may ask for",
        Codes.NotEligible => "jit why ENTITLEMENT shows which rule is not met",
        Codes.AlreadyOpen => $"jit cancel {id ?? "REQUEST"} withdraws the open one",
        Codes.GrantEnded or Codes.GrantNotActive => "jit mine shows what you have, jit request asks again",
        Codes.LeaseLimit => "jit mine shows what is in use, jit done GRANT gives it back",
        Codes.InProgress => "try again in a moment",
        Codes.IssuerUnavailable or Codes.Unavailable => "try again in a moment; jit doctor shows what is not ready",
        _ => null,
    };
}
