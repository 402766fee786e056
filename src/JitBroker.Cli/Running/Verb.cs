using System.CommandLine;

namespace JitBroker.Cli.Running;

/// <summary>One word of <c>jit</c>, with examples for its help.</summary>
internal sealed class Verb(string name, string description, params IReadOnlyList<string> examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;

    /// <summary>Sets what the verb does.</summary>
    public Verb Does(Runner run, Func<Invocation, Task<int>> act)
    {
        SetAction((parsed, _) => run.ActAsync(parsed, act));
        return this;
    }
}

/// <summary>The options that every verb takes.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Url { get; } = new("--url") { Description = "The broker's address (default: JIT_URL, else the one last signed in to).", HelpName = "URL", Recursive = true };

    public Option<string?> Output { get; } = Choice();

    private static Option<string?> Choice()
    {
        var option = new Option<string?>("--output", "-o") { Description = "json prints the API's objects unchanged.", HelpName = "text|json", Recursive = true };
        option.AcceptOnlyFromAmong("text", "json");
        return option;
    }
}
