using JitBroker.Cli.Terminal;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>States as words with a colour. A state that this build does not know is shown as a question mark.</summary>
internal static class StateWords
{
    internal static Piece Of(RequestState state) => new(Word(state), state switch
    {
        RequestState.Approved => Tone.Good,
        RequestState.Pending => Tone.Warn,
        RequestState.Denied => Tone.Bad,
        _ => Tone.Dim,
    });

    internal static Piece Of(GrantState state) => new(Word(state), state switch
    {
        GrantState.Active => Tone.Good,
        GrantState.Scheduled => Tone.Accent,
        GrantState.Ending => Tone.Warn,
        _ => Tone.Dim,
    });

    internal static Piece Of(Risk risk) => new(Word(risk), risk switch
    {
        Risk.High => Tone.Bad,
        Risk.Medium => Tone.Warn,
        _ => Tone.Plain,
    });

    internal static Piece Of(EarlyEnd earlyEnd) => new(earlyEnd switch
    {
        EarlyEnd.Immediate => "at once",
        EarlyEnd.Eventual => "soon after",
        EarlyEnd.AtExpiry => "when the credential expires",
        _ => "?",
    });

    private static string Word<T>(T value) where T : struct, Enum => WireWords.All<T>().FirstOrDefault(word => WireWords.Parse<T>(word).Equals(value)) ?? "?";
}
