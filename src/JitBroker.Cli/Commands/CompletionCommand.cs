using System.CommandLine;
using JitBroker.Cli.Running;

namespace JitBroker.Cli.Commands;

/// <summary><c>jit completion</c>: a script that asks <c>jit</c> itself, so that it never lags behind the verbs.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # jit completion for bash: source <(jit completion bash)
        _jit() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(jit "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _jit jit

        """;

    private const string Zsh = """
        #compdef jit
        # jit completion for zsh: source <(jit completion zsh)
        _jit() {
            local -a found
            found=("${(@f)$(jit "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
            if (( ${#found} )) && [[ -n "${found[1]}" ]]; then compadd -a found; else _files; fi
        }
        compdef _jit jit

        """;

    private const string Fish = """
        # jit completion for fish: jit completion fish | source
        complete -c jit -a '(set -l line (commandline -cp); jit "[suggest:"(string length -- $line)"]" "$line" 2>/dev/null)'

        """;

    private const string PowerShell = """
        # jit completion for PowerShell: jit completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName jit -ScriptBlock {
            param($word, $ast, $position)
            jit "[suggest:$position]" "$ast" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }

        """;

    internal static Verb Create(Runner run)
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        return new Verb("completion", "Print a completion script for your shell.", "source <(jit completion bash)", "jit completion fish | source") { shell }.Does(run, invocation =>
        {
            invocation.Screen.Exact(Script(invocation.Get(shell)!).ReplaceLineEndings("\n"));
            return Task.FromResult(Exits.Done);
        });
    }

    private static string Script(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        _ => PowerShell,
    };
}
