using JitBroker.Catalog;
using JitBroker.Storage;
using JitBroker.Tests.Loop;
using JitBroker.Tests.SignIn;
using JitBroker.Tests.Storage;

namespace JitBroker.Tests.Catalog;

public sealed class AcceptCatalogTests
{
    public static TheoryData<Engine> Engines => Databases.Engines;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Each_catalog_that_comes_into_force_is_stored_and_is_an_event_once(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var accept = broker.Get<AcceptCatalog>();
        var (first, second) = (broker.Catalog with { Hash = "one", Text = "a" }, broker.Catalog with { Hash = "two", Text = "b" });

        var news = new List<bool>();
        foreach (var catalog in new[] { first, first, second, first })
        {
            news.Add(await accept.HandleAsync(catalog, CancellationToken.None));
            broker.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([true, false, true, true], news);
        Assert.Equal(["a", "b"], await broker.ColumnAsync("select text from catalogs order by text"));
        Assert.Equal(["catalog.accepted", "catalog.accepted"], await broker.EventsOfAsync("one"));
        await broker.AssertEventsHaveNoHolesAsync();
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Replicas_that_start_together_write_it_down_once(Engine engine)
    {
        await using var broker = await TestBroker.NewAsync(engine);
        var catalog = broker.Catalog with { Hash = "one", Text = "a" };

        var news = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => broker.Get<AcceptCatalog>().HandleAsync(catalog, CancellationToken.None))));

        Assert.Single(news, n => n);
        Assert.Equal(["catalog.accepted"], await broker.EventsOfAsync("one"));
    }
}
