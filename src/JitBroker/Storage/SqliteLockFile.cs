using System.Globalization;

namespace JitBroker.Storage;

/// <summary>
/// Keeps a SQLite database to one process: a file beside it that is held open exclusively. The kernel lets go of it when the process dies,
/// so a crash leaves nothing to clean up.
/// </summary>
internal sealed class SqliteLockFile : IDisposable
{
    private readonly FileStream _held;

    private SqliteLockFile(FileStream held) => _held = held;

    /// <exception cref="DatabaseInUseException">Another process holds it.</exception>
    public static SqliteLockFile Take(string databasePath)
    {
        var full = Path.GetFullPath(databasePath);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        try
        {
            var held = new FileStream(full + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // The holder's pid stands in a file of its own: the locked one cannot be read by the process that wants to know.
            File.WriteAllText(full + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new SqliteLockFile(held);
        }
        catch (IOException e)
        {
            throw new DatabaseInUseException(full, ReadPid(full + ".pid"), e);
        }
    }

    public void Dispose() => _held.Dispose();

    private static string ReadPid(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}

/// <summary>A second server was started on a SQLite file.</summary>
public sealed class DatabaseInUseException(string path, string pid, Exception inner)
    : Exception($"The database {path} is in use by pid {pid}. SQLite serves one broker at a time: stop the other one, or use PostgreSQL for several replicas.", inner);
