namespace JitBroker.Tests;

/// <summary>The arrows between projects, as <c>src/README.md</c> draws them.</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["JitBroker"] = [],
        ["JitBroker.Client"] = [],
        ["JitBroker.Playground"] = [],
        ["JitBroker.Issuers"] = ["JitBroker"],
        ["JitBroker.Bots"] = ["JitBroker"],
        ["jit"] = ["JitBroker.Client"],
        ["JitBroker.Server"] = ["JitBroker", "JitBroker.Issuers", "JitBroker.Bots", "JitBroker.Client", "JitBroker.Playground"],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys];

    [Theory]
    [MemberData(nameof(Projects))]
    public void An_assembly_references_only_what_its_arrow_allows(string name)
    {
        var assembly = System.Reflection.Assembly.Load(name);

        var ours = assembly.GetReferencedAssemblies()
            .Select(r => r.Name!)
            .Where(r => r == "jit" || r.StartsWith("JitBroker", StringComparison.Ordinal))
            .Except(Allowed[name], StringComparer.Ordinal);

        Assert.Empty(ours);
    }

    [Fact]
    public void The_core_knows_neither_ASP_NET_nor_a_vendor_SDK()
    {
        string[] forbidden = ["Microsoft.AspNetCore", "AWSSDK", "RabbitMQ", "Microsoft.IdentityModel", "Google.", "Microsoft.Identity"];

        var references = System.Reflection.Assembly.Load("JitBroker").GetReferencedAssemblies().Select(r => r.Name!);

        Assert.DoesNotContain(references, r => forbidden.Any(f => r.StartsWith(f, StringComparison.Ordinal)));
    }
}
