using Microsoft.Data.Sqlite;

namespace JitBroker.Storage;

/// <summary>
/// A connection that keeps its commands: SQLite compiles a statement each time it is asked to, unless the compiled one is used again. For one user at a time.
/// </summary>
internal sealed class KeptSqliteConnection(string connectionString) : SqliteConnection(connectionString)
{
    /// <summary>Far more than the broker has statements; a stranger's would otherwise add up.</summary>
    private const int Most = 300;

    private readonly Dictionary<Statement, SqliteCommand> _commands = [];

    /// <summary>The command of this statement, as it was left by its last use. Null when no more are kept.</summary>
    public SqliteCommand? CommandOf(Statement statement)
    {
        if (_commands.TryGetValue(statement, out var command) || _commands.Count >= Most)
            return command;
        command = CreateCommand();
        command.CommandText = statement.Text;
        return _commands[statement] = command;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var command in _commands.Values)
                command.Dispose();
            _commands.Clear();
        }

        base.Dispose(disposing);
    }
}
