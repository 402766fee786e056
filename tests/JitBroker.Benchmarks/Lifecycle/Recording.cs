namespace JitBroker.Benchmarks.Lifecycle;

/// <summary>What one row was given.</summary>
/// <param name="Key">Null for an insert; the key's column and value for an update or a delete.</param>
/// <param name="Set">Columns and values: of an insert those that are not null, of an update those that changed, of a delete none.</param>
internal sealed record RowWrite(string Table, (string Column, object Value)? Key, IReadOnlyList<(string Column, object? Value)> Set)
{
    public bool IsInsert => Key is null;

    public bool IsDelete => Key is not null && Set.Count == 0;
}

/// <summary>Every row a lifecycle writes, transaction by transaction, as the database itself saw it.</summary>
internal sealed record Recording(IReadOnlyList<IReadOnlyList<RowWrite>> Transactions)
{
    public int Inserts => Transactions.Sum(t => t.Count(w => w.IsInsert));

    public int Updates => Transactions.Sum(t => t.Count(w => !w.IsInsert));

    public int Columns => Transactions.Sum(t => t.Sum(w => w.Set.Count));
}
