using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace JitBroker.Server.Demo;

/// <summary>The tour's chapter at AWS: a reader of a stream, a program with AWS's own SDK, is denied while it reads on, and a later session of the same role is not.</summary>
internal sealed class StreamStory(TourScreen screen, TourAccess access)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="TourException">A step did not hold.</exception>
    public async Task PlayAsync(DemoAws aws, CancellationToken cancellationToken)
    {
        await access.OfferedAsync(DemoAws.Stream, cancellationToken);
        var (grant, reader) = await ReadAsync(aws, "INC-47", "orders went missing", cancellationToken);
        await using (reader)
        {
            screen.Held($"Ana collects a session of a role, and her reader gets {reader.First}");
            TourException.Unless(IsDenial(await reader.NextAsync(cancellationToken)), "She could write to the stream.");
            screen.Held("She may read and nothing more: the role may write, her session may not");

            await access.DoneAsync(grant, "while her reader reads on", cancellationToken);
            var told = await reader.NextAsync(cancellationToken);
            TourException.Unless(IsDenial(told), $"Her reader was told {told}.");
            screen.Held($"Her reader is refused at its next call: {told}");
        }

        var (again, second) = await ReadAsync(aws, "INC-48", "one more look", cancellationToken);
        await using (second)
        {
            screen.Held($"A new session of the same role reads {second.First}: only what has ended is denied there");
            await access.DoneAsync(again, "too", cancellationToken);
        }
    }

    private async Task<(string Grant, Reader Reader)> ReadAsync(DemoAws aws, string ticket, string why, CancellationToken cancellationToken)
    {
        var grant = await access.GrantAsync(DemoAws.Stream, ticket, why, cancellationToken);
        var credential = (await access.Terminal.CollectAsync(grant, cancellationToken)).Value.Credential;
        return (grant, await Reader.StartAsync(aws, credential, cancellationToken));
    }

    private static bool IsDenial(string told) => told.StartsWith("AccessDenied", StringComparison.Ordinal);

    /// <summary>The program. Each line of its output is one thing that it was told.</summary>
    private sealed class Reader : IAsyncDisposable
    {
        private readonly Process _process;

        private Reader(Process process) => _process = process;

        /// <summary>The first record.</summary>
        public string First { get; private set; } = "";

        public static async Task<Reader> StartAsync(DemoAws aws, JsonElement credential, CancellationToken cancellationToken)
        {
            var start = new ProcessStartInfo(aws.Python, ["-c", LocalMoto.Script("reader.py"), aws.Url])
            {
                WorkingDirectory = AppContext.BaseDirectory, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            // No profile of whoever watches.
            foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal)).ToList())
                start.Environment.Remove(name);
            start.Environment["AWS_CONFIG_FILE"] = start.Environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
            var reader = new Reader(Launched(start));
            try
            {
                await reader._process.StandardInput.WriteLineAsync(credential.GetRawText().ReplaceLineEndings("").AsMemory(), cancellationToken);
                await reader._process.StandardInput.FlushAsync(cancellationToken);
                reader.First = await reader.NextAsync(cancellationToken);
                TourException.Unless(reader.First.StartsWith('{'), $"Her reader was told {reader.First}.");
                return reader;
            }
            catch
            {
                await reader.DisposeAsync();
                throw;
            }
        }

        /// <exception cref="TourException">Nothing came.</exception>
        public async Task<string> NextAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken) ?? throw new TourException("Her reader ended without a word.");
            }
            catch (TimeoutException)
            {
                throw new TourException($"Her reader was told nothing in {Patience.TotalSeconds:0} s.");
            }
        }

        public async ValueTask DisposeAsync()
        {
            using (_process)
            {
                if (!_process.HasExited)
                    _process.Kill();
                await _process.WaitForExitAsync();
            }
        }

        private static Process Launched(ProcessStartInfo start)
        {
            try
            {
                var process = Process.Start(start)!;
                process.ErrorDataReceived += static (_, _) => { };
                process.BeginErrorReadLine();
                return process;
            }
            catch (Win32Exception e)
            {
                throw new TourException($"Her reader could not be started: {e.Message}");
            }
        }
    }
}
