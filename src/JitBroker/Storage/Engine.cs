namespace JitBroker.Storage;

/// <summary>The two engines the broker keeps its state in.</summary>
public enum Engine
{
    Sqlite,
    Postgres,
}
