using JitBroker.Catalog;
using JitBroker.Issuing;

namespace JitBroker.Server.Commands;

/// <summary>What each issuer's target lacks, one finding a line with its remedy below it.</summary>
internal static class TargetReport
{
    /// <returns>Whether there is no problem; remarks do not count.</returns>
    public static async Task<bool> WriteAsync(CatalogSnapshot catalog, IReadOnlyList<IChecksTarget> checks, CancellationToken cancellationToken)
    {
        var isWell = true;
        foreach (var issuer in catalog.Issuers.Values.OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            if (checks.FirstOrDefault(c => c.Kind == issuer.Kind) is not { } check)
                continue;
            var entitlements = catalog.Entitlements.Values.Where(e => e.Issuer == issuer.Name).OrderBy(e => e.Name, StringComparer.Ordinal);
            var findings = await check.CheckAsync(new TargetToCheck(issuer.Name, issuer.Settings, [.. entitlements.Select(e => new GrantsToCheck(e.Name, e.Grants))]), cancellationToken);
            await WriteAsync(issuer.Name, findings);
            isWell &= !findings.Any(f => f.IsProblem);
        }

        return isWell;
    }

    private static async Task WriteAsync(string issuer, IReadOnlyList<TargetFinding> findings)
    {
        foreach (var finding in findings)
        {
            var to = finding.IsProblem ? Console.Error : Console.Out;
            await to.WriteLineAsync($"issuers.{issuer}: {(finding.IsProblem ? "" : "remark: ")}{finding.What}");
            await to.WriteLineAsync($"    {finding.Remedy}");
        }

        if (findings.Count == 0)
            Console.WriteLine($"Target of issuers.{issuer} is in order.");
    }
}
