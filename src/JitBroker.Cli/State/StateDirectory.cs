namespace JitBroker.Cli.State;

/// <summary>
/// Where <c>jit</c> keeps its sessions: <c>JIT_HOME</c>, else <c>$XDG_CONFIG_HOME/jit</c>, else <c>~/.config/jit</c>. Made with owner-only rights from the first
/// moment; files are written beside and moved over, so that a reader sees the old or the new one, and never with wider rights.
/// </summary>
internal sealed class StateDirectory
{
    internal const UnixFileMode OwnerDirectory = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    internal const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    internal const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    internal StateDirectory(Func<string, string?> environment)
    {
        var home = environment("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        Path = environment("JIT_HOME") ?? System.IO.Path.Combine(environment("XDG_CONFIG_HOME") ?? System.IO.Path.Combine(home, ".config"), "jit");
    }

    public string Path { get; }

    /// <summary>The file's text, or null when there is none.</summary>
    public string? Read(string name)
    {
        try
        {
            return File.ReadAllText(System.IO.Path.Combine(Path, name));
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Write(string name, string text)
    {
        Create();
        var target = System.IO.Path.Combine(Path, name);
        var beside = $"{target}.{System.IO.Path.GetRandomFileName()}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        using (var file = new StreamWriter(beside, options))
            file.Write(text);
        File.Move(beside, target, overwrite: true);
    }

    /// <summary>Null while another process holds it. The file stays: whoever deleted it would let two in.</summary>
    public IDisposable? TryLock(string name)
    {
        Create();
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerFile;
        try
        {
            return new FileStream(System.IO.Path.Combine(Path, name), options);
        }
        catch (IOException fault) when (fault is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
        {
            return null;
        }
    }

    public void Delete(string name)
    {
        if (Directory.Exists(Path))
            File.Delete(System.IO.Path.Combine(Path, name));
    }

    /// <summary>Names of the files that match, such as <c>session-*.json</c>.</summary>
    public IReadOnlyList<string> Names(string pattern) => Directory.Exists(Path) ? [.. Directory.EnumerateFiles(Path, pattern).Select(file => System.IO.Path.GetFileName(file)).Order(StringComparer.Ordinal)] : [];

    /// <summary>What others than the owner may do with <paramref name="name"/>, or with the directory itself when null; nothing where rights are not kept this way.</summary>
    public UnixFileMode RightsOfOthers(string? name)
    {
        if (OperatingSystem.IsWindows())
            return UnixFileMode.None;
        return File.GetUnixFileMode(name is null ? Path : System.IO.Path.Combine(Path, name)) & Others;
    }

    private void Create()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Path);
        else
            Directory.CreateDirectory(Path, OwnerDirectory);
    }
}
