using System.Globalization;
using JitBroker.Cli.Running;
using JitBroker.Client;

namespace JitBroker.Cli.Commands;

/// <summary>Files that an export leaves: of their owner alone, and whole or not there.</summary>
internal static class ExportFile
{
    /// <summary>Copies the export to a file, or to standard output. One that breaks off leaves no file that could be taken for whole.</summary>
    internal static async Task CopyAsync(Invocation run, Stream export, string? path)
    {
        if (path is null)
        {
            await CopyAsync(export, run.Around.Output, run.Cancel);
            await run.Around.Output.FlushAsync(run.Cancel);
            return;
        }

        var bytes = await ReplaceAsync(run.PathOf(path), file => CopyAsync(export, file, run.Cancel));
        run.Screen.ErrorLine(string.Create(CultureInfo.InvariantCulture, $"{path}: {bytes} bytes."));
    }

    internal static Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancel) =>
        ReplaceAsync(path, async file => await file.WriteAsync(content, cancel));

    private static async Task<long> ReplaceAsync(string path, Func<FileStream, Task> write)
    {
        var part = path + ".part";
        File.Delete(part);
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            long length;
            await using (var file = new FileStream(part, how))
            {
                await write(file);
                length = file.Length;
            }

            File.Move(part, path, overwrite: true);
            return length;
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private static async Task CopyAsync(Stream export, Stream to, CancellationToken cancel)
    {
        try
        {
            await export.CopyToAsync(to, cancel);
        }
        catch (HttpIOException fault)
        {
            throw new BrokerUnreachableException("The export broke off before its end: the broker stopped, or lost its database. What was written is not whole.", fault);
        }
    }
}
