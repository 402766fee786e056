using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JitBroker.Client;
using JitBroker.LiveTests.Fixtures;

namespace JitBroker.LiveTests.Crashes;

/// <summary>
/// The rules of the design (§6) as they can be read off a broker's database and its target, by eyes that are not the broker's. Which rule is held where:
/// <c>tests/README.md</c>.
/// </summary>
internal sealed class Rules(Evidence evidence, TargetDatabase? target = null)
{
    private static readonly string[] Owners = ["bea@example.com", "dan@example.com", .. Enumerable.Range(0, LiveCatalog.Crowd).Select(LiveCatalog.EmailOf)];

    /// <summary>Extensions that were granted: the target may have been told of the later end, and the broker have died before it wrote so down.</summary>
    private const string Extensions = "from requests x where x.kind = 'extension' and x.state = 'approved'";

    /// <summary>What holds at every instant, and so when a process has just died: rules 1 to 3, 5 to 8, 10 and 12.</summary>
    public async Task HoldAtAnyInstantAsync()
    {
        if (!await evidence.HasGrantsAsync())
            return;

        // The target before the database: what stands there must have been intended before.
        var roles = target is null ? [] : await target.RolesAsync();
        var sessions = target is null ? [] : await target.SessionsAsync();
        var leases = (await evidence.RowsAsync($"select l.id, l.state, case when exists (select 1 {Extensions} and x.extends_grant = g.id) then g.ends_at else l.expires_at end from leases l join grants g on g.id = l.grant_id")).ToDictionary(r => "jit_" + r[0].ToLowerInvariant(), StringComparer.Ordinal);
        foreach (var role in roles)
        {
            Assert.True(leases.TryGetValue(role.Name, out var lease), $"Rules 1 and 2: {role.Name} stands at the target, and no lease says so.");
            Assert.True(lease[1] != "revoked", $"Rule 4: {role.Name} stands at the target, and its lease counts as revoked.");
            Assert.True(role.Until <= Instant(lease[2]).AddSeconds(1), $"Rule 3: {role.Name} may log in until {role.Until:O}, and its lease ends at {lease[2]}.");
        }

        foreach (var session in sessions)
            Assert.True(leases.TryGetValue(session, out var lease) && lease[1] != "revoked", $"Rules 1 and 4: a session of {session} is open, and no lease that lives says so.");
        await evidence.HoldsAsync();
        await DecisionsHoldAsync();
    }

    /// <summary>What holds when every access has ended and nothing is under way: the rules above, and rules 4, 12 and 13, with the whole record sealed and its chain intact.</summary>
    public async Task HoldAtRestAsync()
    {
        await HoldAtAnyInstantAsync();
        if (target is not null)
        {
            Assert.True(await target.RolesAsync() is [], "Rule 1: a role outlives its end.");
            Assert.True(await target.SessionsAsync() is [], "Rules 1 and 4: a session outlives its end.");
        }

        await evidence.NoneAsync("rule 1: a grant has not ended", "select id from grants where state <> 'ended'");
        await evidence.NoneAsync("rule 13: a delivery is lost", "select id from deliveries where state = 'dead'");
        await evidence.NoneAsync("rule 13: something from chat is lost", "select id from inbox where state = 'dead'");
        await evidence.NoneAsync("rule 12: a request has no card", "select r.id from requests r where not exists (select 1 from copies c where c.about_id = r.id and c.template = case when r.kind = 'break_glass' then 'emergency_card' else 'approval_card' end)");
        await ChainHoldsAsync();
    }

    /// <summary>Everything that can be sealed has been, and the deliveries of now are out.</summary>
    public async Task<bool> IsAtRestAsync() =>
        await evidence.CountAsync("select count(*) from events where seq is null") == 0
        && await evidence.CountAsync("select count(*) from deliveries where state in ('pending', 'uncertain') and template <> 'expiry_notice'") == 0
        && await evidence.CountAsync("select count(*) from inbox where state = 'received'") == 0;

    private async Task DecisionsHoldAsync()
    {
        await evidence.NoneAsync("rule 5: somebody decided their own request", "select d.id from decisions d join requests r on r.id = d.request_id where d.person = r.requester");
        await evidence.NoneAsync("rule 6: one decided who may not", $"select id from decisions where person not in ({string.Join(", ", Owners.Select(o => $"'{o}'"))})");
        await evidence.NoneAsync("rule 7: a request has two grants", "select request_id from grants group by request_id having count(*) > 1");
        await evidence.NoneAsync("rule 5: somebody reviewed their own emergency, or one who may not", "select id from reviews where reviewer = invoker or reviewer <> 'eli@example.com'");
        await evidence.NoneAsync("an emergency without its mark, or without a review that is owed of it", "select r.id from requests r left join grants g on g.request_id = r.id where r.kind = 'break_glass' and (cast(g.break_glass as integer) <> 1 or not exists (select 1 from reviews w where w.grant_id = g.id and w.invoker = r.requester))");
        await evidence.NoneAsync("rule 10: one took an emergency who is not on call", "select id from requests where kind = 'break_glass' and requester <> 'ana@example.com'");
        await evidence.NoneAsync("rule 10: approved without a vote", $"select r.id from requests r where r.state = 'approved' and r.kind <> 'break_glass' and r.entitlement <> '{LiveCatalog.Quick}' and not exists (select 1 from decisions d where d.request_id = r.id and d.verdict = 'approve')");
        foreach (var row in await evidence.RowsAsync($"select r.id, r.content, r.content_hash, g.content, g.content_hash, g.starts_at, g.ends_at, r.duration_s + coalesce((select sum(x.duration_s) {Extensions} and x.extends_grant = g.id), 0) from grants g join requests r on r.id = g.request_id"))
        {
            Assert.True(row[1] == row[3] && row[2] == row[4] && row[2] == Hash(row[1]), $"Rule 8: what {row[0]} grants is not what was asked.");
            Assert.True(Instant(row[6]) - Instant(row[5]) <= TimeSpan.FromSeconds(long.Parse(row[7], CultureInfo.InvariantCulture)), $"Rule 8: {row[0]} lasts longer than was asked.");
        }
    }

    /// <summary>The whole record, written down by us from its rows and verified as an auditor does offline.</summary>
    private async Task ChainHoldsAsync()
    {
        var (rows, head) = await SealedAsync();
        using var export = new MemoryStream(Encoding.UTF8.GetBytes(string.Concat(rows.Select(r => Line(r) + "\n"))), writable: false);
        var verdict = await new AuditVerifier([], null).VerifyAsync(export, CancellationToken.None);
        Assert.True(verdict.Ok, $"The chain is broken: {verdict.ToJson()}");
        Assert.Equal((1L, (long)rows.Count), (verdict.First, verdict.Events));
        Assert.Equal((rows[^1][0], rows[^1][11]), (head[0], head[1]));
    }

    /// <summary>The rows that the chain holds and its head, read when neither moved between the two: a broker at rest may still note that a socket came or went.</summary>
    private async Task<(IReadOnlyList<IReadOnlyList<string>> Rows, IReadOnlyList<string> Head)> SealedAsync()
    {
        while (true)
        {
            var before = Assert.Single(await evidence.RowsAsync("select seq, hash from audit_head"));
            var rows = await evidence.RowsAsync("select seq, at, type, aggregate, aggregate_id, version, actor, surface, about, data, id, hash from events where seq is not null order by seq");
            var head = Assert.Single(await evidence.RowsAsync("select seq, hash from audit_head"));
            if (before.SequenceEqual(head, StringComparer.Ordinal))
                return (rows, head);
        }
    }

    private static string Line(IReadOnlyList<string> row) => new JsonObject
    {
        ["seq"] = long.Parse(row[0], CultureInfo.InvariantCulture),
        ["at"] = Instant(row[1]).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        ["type"] = row[2],
        ["aggregate"] = row[3],
        ["aggregateId"] = row[4],
        ["version"] = int.Parse(row[5], CultureInfo.InvariantCulture),
        ["actor"] = row[6].Length == 0 ? null : row[6],
        ["surface"] = row[7],
        ["about"] = row[8].Length == 0 ? null : row[8],
        ["data"] = JsonNode.Parse(row[9]),
        ["id"] = row[10],
        ["hash"] = row[11],
    }.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Hash(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)));
}
