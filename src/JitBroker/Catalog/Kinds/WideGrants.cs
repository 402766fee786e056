using JitBroker.Catalog.Loading;

namespace JitBroker.Catalog.Kinds;

/// <summary>Grants that reach further than one would think who reads them, or past their own end: refused, unless the catalog says why they must.</summary>
/// <param name="areAllowed">The entitlement has <c>allowWide</c> with a reason.</param>
internal sealed class WideGrants(bool areAllowed)
{
    private const string Remedy = "Narrow it, or say why it must be so: allowWide: \"reason\".";

    /// <summary>Quotes the value where it is one.</summary>
    public void Fault(Field field, string message)
    {
        if (!areAllowed)
            field.Fault(message, Remedy);
    }

    public void FaultHere(Field field, string message)
    {
        if (!areAllowed)
            field.FaultHere(message, Remedy);
    }
}
