using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace JitBroker.Tests.Teams;

/// <summary>Compares what is said with reviewed files, or writes them anew with <c>UPDATE_GOLDEN=1</c>.</summary>
internal sealed class Golden
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly List<string> _wrong = [];

    public void Compare(string name, JsonNode said)
    {
        var path = Path.Combine(Folder(), name);
        var text = said.ToJsonString(Indented) + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }
        else if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            _wrong.Add(name);
        }
    }

    public void AssertSame() => Assert.True(_wrong.Count == 0, $"These differ from the reviewed files: {string.Join(", ", _wrong)}. Look at the change, then run with UPDATE_GOLDEN=1.");

    private static string Folder([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "golden");
}
