using JitBroker.People;

namespace JitBroker.Catalog;

/// <summary>The catalog in force in this process, and who is who under it. Read once per use case; replaced as a whole.</summary>
/// <param name="people">What is known beside it; null: nothing.</param>
public sealed class CatalogHolder(CatalogSnapshot initial, PeopleBook? people = null)
{
    private volatile CatalogSnapshot _current = initial;

    public CatalogSnapshot Current => _current;

    /// <summary>People and groups as they are at this moment: what every rule is evaluated against.</summary>
    public PeopleDirectory Directory => Under(_current);

    /// <summary>The same people under another catalog, to see what it would do.</summary>
    public PeopleDirectory Under(CatalogSnapshot catalog) => new(catalog, people?.Now ?? PeopleSources.None);

    public void Replace(CatalogSnapshot next) => _current = next;
}
