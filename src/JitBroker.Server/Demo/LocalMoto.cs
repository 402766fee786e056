using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace JitBroker.Server.Demo;

/// <summary>
/// A throw-away moto, an emulator of AWS in Python, by <c>aws.py</c> beside this file: on a port of loopback that it chooses itself, so that none can be taken. Nothing is checked until
/// <see cref="GuardAsync"/>; from then on keys, signatures and rights are. Disposing stops it; so does the end of this process, whatever ends it.
/// </summary>
internal sealed partial class LocalMoto : IAsyncDisposable
{
    /// <summary>The account that moto has.</summary>
    public const string Account = "123456789012";

    public const string Region = "eu-west-1";

    /// <summary>For those who lack it.</summary>
    public const string Remedy = "pip install 'moto[server]'";

    private readonly Process _process;
    private readonly HttpClient _http;

    private LocalMoto(Process process, string python, Uri url) => (_process, Python, Url, _http) = (process, python, url, new HttpClient { BaseAddress = url });

    /// <summary>The Python that has it, and AWS's own SDK with it.</summary>
    public string Python { get; }

    public Uri Url { get; }

    /// <summary>The one that is named, the usual one, and that of a <c>moto_server</c> that lives in an environment of its own.</summary>
    public static IEnumerable<string> Pythons()
    {
        if (Environment.GetEnvironmentVariable("JITBROKER_PYTHON") is { Length: > 0 } named)
            yield return named;
        yield return "python3";
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        if (folders.Select(f => Path.Combine(f, "moto_server")).FirstOrDefault(File.Exists) is { } program && File.ReadLines(program).FirstOrDefault() is ['#', '!', .. var python] && python.Contains("python", StringComparison.Ordinal) && File.Exists(python))
            yield return python;
    }

    /// <summary>Comes back when it answers; null where none of these has it.</summary>
    /// <exception cref="InvalidOperationException">It ended at its start: the last that it said.</exception>
    public static async Task<LocalMoto?> StartAsync(IEnumerable<string> pythons, CancellationToken cancellationToken)
    {
        foreach (var python in pythons)
        {
            try
            {
                if (await StartAsync(python, cancellationToken) is { } moto)
                    return moto;
            }
            catch (Win32Exception)
            {
                continue;
            }
        }

        return null;
    }

    /// <summary>An IAM call before anything is checked; an element of its answer.</summary>
    /// <exception cref="HttpRequestException">It is away, or said no.</exception>
    public async Task<Func<string, string>> IamAsync(string action, CancellationToken cancellationToken, params (string Name, string Value)[] parameters)
    {
        var form = parameters.Prepend(("Version", "2010-05-08")).Prepend(("Action", action)).Select(p => KeyValuePair.Create(p.Item1, p.Item2));
        using var content = new FormUrlEncodedContent(form);
        var answer = XDocument.Parse(await SendAsync("iam", action, content, null, cancellationToken));
        return element => answer.Descendants().First(e => e.Name.LocalName == element).Value;
    }

    /// <inheritdoc cref="IamAsync"/>
    public async Task KinesisAsync(string action, JsonObject body, CancellationToken cancellationToken)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/x-amz-json-1.1"));
        await SendAsync("kinesis", action, content, $"Kinesis_20131202.{action}", cancellationToken);
    }

    /// <summary>From here on it asks who calls and whether they may.</summary>
    public async Task GuardAsync(CancellationToken cancellationToken)
    {
        using var content = new StringContent("0", Encoding.UTF8, MediaTypeNames.Text.Plain);
        using var answer = await _http.PostAsync("moto-api/reset-auth", content, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>A program in Python that is part of this build.</summary>
    public static string Script(string name)
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream("demo/" + name) ?? throw new InvalidOperationException($"{name} is not in this build.");
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await StopAsync(_process);
    }

    private static async Task<LocalMoto?> StartAsync(string python, CancellationToken cancellationToken)
    {
        // Python looks for its modules where it is started too, so that must be nowhere that anybody may write to.
        var start = new ProcessStartInfo(python, ["-c", Script("aws.py")])
        {
            WorkingDirectory = AppContext.BaseDirectory, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var process = new Process { StartInfo = start };
        var at = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var last = "";
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += (_, said) =>
        {
            last = said.Data is { Length: > 0 } line ? line : last;
            if (!at.Task.IsCompleted && Address().Match(last) is { Success: true } found)
                at.TrySetResult(new Uri(found.Groups["url"].Value));
        };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            // The end of its output comes with its end, so that the last word is known.
            if (await Task.WhenAny(at.Task, process.WaitForExitAsync(cancellationToken)) == at.Task)
                return new LocalMoto(process, python, await at.Task);
            cancellationToken.ThrowIfCancellationRequested();
            return last.Contains("No module named 'moto'", StringComparison.Ordinal) ? null : throw new InvalidOperationException($"moto ended at its start: {last}");
        }
        finally
        {
            if (!at.Task.IsCompleted)
                await StopAsync(process);
        }
    }

    /// <summary>Whose calls they are stands in the header; the signature is looked at by nobody yet.</summary>
    private async Task<string> SendAsync(string service, string action, HttpContent content, string? target, CancellationToken cancellationToken)
    {
        using var call = new HttpRequestMessage(HttpMethod.Post, "") { Content = content };
        call.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=setup/20260101/{Region}/{service}/aws4_request, SignedHeaders=host, Signature=0");
        if (target is not null)
            call.Headers.Add("X-Amz-Target", target);
        using var answer = await _http.SendAsync(call, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        return answer.IsSuccessStatusCode ? text : throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{action} was answered with {(int)answer.StatusCode}"), null, answer.StatusCode);
    }

    private static async Task StopAsync(Process process)
    {
        using (process)
        {
            if (process.HasExited)
                return;
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    /// <summary>As its web server, werkzeug, says where it is.</summary>
    [GeneratedRegex(@"Running on (?<url>http://127\.0\.0\.1:[0-9]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Address();
}
