using System.Globalization;
using System.Security.Cryptography;

namespace JitBroker.Issuers.Jwt;

/// <summary>
/// This replica's private keys: <c>RS256-1.pem</c>, <c>ES256-1.pem</c>, … (PKCS #8). The directory is its owner's alone (0700), and so is each file
/// (0600), from the moment it exists. Processes that share the directory agree on one set. Several files of one algorithm are several keys.
/// </summary>
internal sealed class KeyDirectory(string path, TimeProvider clock)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
    private const int RsaBits = 2048;
    private const int LockAttempts = 200;
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    /// <summary>All keys, at least one per algorithm; what is missing is made. Idempotent, and safe against other processes doing the same.</summary>
    /// <exception cref="SigningKeysException">Rights too wide, a file that is no key, or a directory that cannot be used; with the remedy.</exception>
    public async Task<IReadOnlyList<SigningKey>> LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            Prepare();
            var found = ReadAll();
            if (Missing(found).Count == 0)
                return found;
            using var held = await HoldAsync(cancellationToken);
            foreach (var algorithm in Missing(ReadAll()))
                Create(algorithm);
            return ReadAll();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new SigningKeysException($"The keys directory {path} cannot be used: {e.Message} Give it to the user the broker runs as, or set Signing:KeysDirectory.", e);
        }
    }

    /// <summary>
    /// Makes one more key of each of <paramref name="algorithms"/>, unless the directory holds one by now that is not among <paramref name="known"/>: another
    /// process made it. A key that a crash left unpublished is taken up in the same way.
    /// </summary>
    /// <returns>All keys.</returns>
    /// <exception cref="SigningKeysException">As <see cref="LoadAsync"/>.</exception>
    public async Task<IReadOnlyList<SigningKey>> AddAsync(IEnumerable<string> algorithms, IReadOnlySet<string> known, CancellationToken cancellationToken)
    {
        try
        {
            using var held = await HoldAsync(cancellationToken);
            var found = ReadAll();
            foreach (var algorithm in algorithms.Where(a => !found.Any(k => k.Algorithm == a && !known.Contains(k.KeyId))))
                Create(algorithm);
            return ReadAll();
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new SigningKeysException($"No new key can be made in {path}: {e.Message} The broker goes on with the keys it has.", e);
        }
    }

    /// <summary>Deletes the private halves of these keys, as far as they are here. Idempotent.</summary>
    /// <returns>How many files were deleted.</returns>
    public async Task<int> RemoveAsync(IReadOnlySet<string> keyIds, CancellationToken cancellationToken)
    {
        using var held = await HoldAsync(cancellationToken);
        var removed = 0;
        foreach (var file in Directory.EnumerateFiles(path, "*.pem").Where(f => keyIds.Contains(Read(f).KeyId)).ToList())
        {
            File.Delete(file);
            removed++;
        }

        return removed;
    }

    private void Prepare()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        if (!Directory.Exists(path))
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) != UnixFileMode.None)
            throw new SigningKeysException($"The keys directory {path} is open to others (mode {Octal(mode)}): whoever reads it can sign as the broker. Run `chmod 700 {path}`, and replace the keys if they may have been read.");
    }

    private List<SigningKey> ReadAll() => [.. Directory.EnumerateFiles(path, "*.pem").Order(StringComparer.Ordinal).Select(Read)];

    private static List<string> Missing(List<SigningKey> found) =>
        [.. SigningAlgorithms.All.Except(found.Select(k => k.Algorithm), StringComparer.Ordinal)];

    private static SigningKey Read(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
        // Of the open file, not of its name: what is checked is what is read.
        if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(stream.SafeFileHandle) is var mode && (mode & Others) != UnixFileMode.None)
            throw new SigningKeysException($"The private key {file} is open to others (mode {Octal(mode)}): whoever reads it can sign as the broker. Run `chmod 600 {file}`, and replace the key if it may have been read.");
        using var reader = new StreamReader(stream);
        try
        {
            return Parse(file, reader.ReadToEnd());
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // The inner exception is left out on purpose: it might quote what it could not parse.
            throw new SigningKeysException($"{file} is not an unencrypted private key of its algorithm in PEM form (PKCS #8). Restore it, or move it away and a new key is made.");
        }
    }

    private static SigningKey Parse(string file, string pem)
    {
        switch (Path.GetFileName(file).Split('-')[0])
        {
            case SigningAlgorithms.Rs256:
                using (var rsa = RSA.Create())
                {
                    rsa.ImportFromPem(pem);
                    return rsa.KeySize >= RsaBits ? SigningKey.Of(rsa) : throw new SigningKeysException($"{file} has {rsa.KeySize} bits; {SigningAlgorithms.Rs256} needs at least {RsaBits}. Move it away and a new key is made.");
                }

            case SigningAlgorithms.Es256:
                using (var ec = ECDsa.Create())
                {
                    ec.ImportFromPem(pem);
                    // On another curve the algorithm would not be ES256 (RFC 7518 §3.4).
                    return ec.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
                        ? SigningKey.Of(ec)
                        : throw new SigningKeysException($"{file} is not on the curve P-256, which {SigningAlgorithms.Es256} needs. Move it away and a new key is made.");
                }

            default:
                throw new SigningKeysException($"{file} is not a key of ours: names are {string.Join(" or ", SigningAlgorithms.All.Select(a => $"{a}-N.pem"))}. Rename it or move it away.");
        }
    }

    /// <summary>Whole and with its rights before it has its name: a crash in between leaves only a file that the next start replaces.</summary>
    private void Create(string algorithm)
    {
        var unfinished = Path.Combine(path, $".{algorithm}.new");
        File.Delete(unfinished);
        using (var stream = new FileStream(unfinished, Private(FileMode.CreateNew)))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(NewPem(algorithm));
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(unfinished, Path.Combine(path, string.Create(CultureInfo.InvariantCulture, $"{algorithm}-{NextNumber(algorithm)}.pem")), overwrite: false);
    }

    private int NextNumber(string algorithm) => 1 + Directory.EnumerateFiles(path, $"{algorithm}-*.pem")
        .Select(f => int.TryParse(Path.GetFileNameWithoutExtension(f)[(algorithm.Length + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
        .DefaultIfEmpty()
        .Max();

    private static string NewPem(string algorithm)
    {
        using AsymmetricAlgorithm key = algorithm == SigningAlgorithms.Rs256 ? RSA.Create(RsaBits) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>One process at a time makes keys here. The kernel lets go of the lock when its holder dies.</summary>
    private async Task<FileStream> HoldAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(path, ".lock"), Private(FileMode.OpenOrCreate));
            }
            catch (IOException) when (attempt < LockAttempts)
            {
                await Task.Delay(LockPause, clock, cancellationToken);
            }
        }
    }

    private static FileStreamOptions Private(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }

    private static string Octal(UnixFileMode mode) => "0" + Convert.ToString((int)mode, 8);
}

/// <summary>The private keys are not fit to sign with. The message says why and what to do; it holds no key.</summary>
public sealed class SigningKeysException(string message, Exception? inner = null) : Exception(message, inner);
