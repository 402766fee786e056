namespace JitBroker.Cli.Running;

/// <summary>The exit codes of <c>jit</c>; <c>exec</c> returns its child's.</summary>
internal static class Exits
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int Usage = 2;
    public const int Unreachable = 3;

    /// <summary>As a shell has it: 128 + SIGINT.</summary>
    public const int Interrupted = 130;

    /// <summary>As a shell has it, for <c>exec</c>.</summary>
    public const int CommandNotFound = 127;
}

/// <summary>A refusal made on this side, in the broker's form: a code, a sentence, what to do next.</summary>
internal sealed class RefusedHereException(string code, string sentence, string? next = null) : Exception(sentence)
{
    public string Code => code;

    public string? Next => next;
}

/// <summary>The command line asks for something that has no meaning.</summary>
internal sealed class UsageFaultException(string sentence, string? next = null) : Exception(sentence)
{
    public string? Next => next;
}
