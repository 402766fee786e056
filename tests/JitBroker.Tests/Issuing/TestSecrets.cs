using JitBroker.Issuers;

namespace JitBroker.Tests.Issuing;

/// <summary>References that resolve to what a test says.</summary>
internal static class TestSecrets
{
    public static SecretLookup Of(params (string Name, string Value)[] environment) =>
        (string reference, out string problem) =>
        {
            var value = environment.FirstOrDefault(e => $"${{env:{e.Name}}}" == reference).Value;
            problem = value is null ? $"{reference} is not set." : "";
            return value;
        };
}
