using JitBroker.Issuers.Jwt;

namespace JitBroker.Tests.Issuing;

/// <summary>One set of key files per test run, made by the product itself: making RSA keys is most of what such a test would spend its time on.</summary>
internal static class ReadyKeys
{
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    public static async Task CopyToAsync(string directory)
    {
        var source = await Made.Value;
        Directory.CreateDirectory(directory);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(source, "*.pem"))
            File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
    }

    private static async Task<string> MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("jit-ready-keys-").FullName;
        await new KeyDirectory(folder, new SteppedClock(DateTimeOffset.UnixEpoch)).LoadAsync(CancellationToken.None);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
