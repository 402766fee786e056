namespace JitBroker.Catalog;

/// <summary>The catalog in force in this process. Read once per use case; replaced as a whole.</summary>
public sealed class CatalogHolder(CatalogSnapshot initial)
{
    private volatile CatalogSnapshot _current = initial;

    public CatalogSnapshot Current => _current;

    public void Replace(CatalogSnapshot next) => _current = next;
}
