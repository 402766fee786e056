using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>A door that asks the broker at each request (<c>GET /authz</c>). No settings; grants <c>{resource}</c>.</summary>
internal sealed partial class HttpKind : IIssuerKind
{
    public string Name => "http";

    public JsonObject Settings(FieldMap map, CatalogChecks checks) => [];

    public JsonObject Grants(FieldMap map, string issuer, CatalogChecks checks) => new()
    {
        ["resource"] = map.Need("resource", "Name the resource the door sends as X-Jit-Resource.")
            ?.Text(Resource(), "a resource: letters, digits and ._:/- without wildcards", 200),
    };

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._:/-]*\z", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Resource();
}
