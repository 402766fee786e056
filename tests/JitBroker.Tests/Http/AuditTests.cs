using System.Text;
using System.Text.Json.Nodes;
using JitBroker.Audit;
using JitBroker.Client;
using JitBroker.Issuing;

namespace JitBroker.Tests.Http;

/// <summary>Reading the audit over HTTP: Eli is the auditor, Dan the admin and operator.</summary>
public sealed class AuditTests
{
    private static readonly string Catalog = BrokerFixture.Catalog.Replace("roles: { auditor: [security] }", "  ops: { members: [dan@example.com] }\nroles: { auditor: [security], admin: [ops], operator: [ops] }", StringComparison.Ordinal);

    [Fact]
    public async Task Only_auditors_and_admins_read_it_and_only_in_a_session_that_may_decide()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        await SealAsync(broker);
        foreach (var path in new[] { "/v1/audit", "/v1/audit/export", "/v1/audit/checkpoint" })
        {
            (await broker.Nobody.GetAsync(path)).IsProblem(401, "unauthenticated");
            (await (await broker.AsAsync("bea", canDecide: true)).GetAsync(path)).IsProblem(403, "forbidden");
            (await (await broker.AsAsync("bea")).GetAsync(path)).IsProblem(403, "forbidden");
            (await (await broker.AsAsync("eli")).GetAsync(path)).IsProblem(403, "scope_needed");
            (await (await broker.AsAsync("eli", canDecide: true)).GetAsync(path)).Is(200);
            (await (await broker.AsAsync("dan", canDecide: true)).GetAsync(path)).Is(200);
            // 403 comes before what is wrong with the query.
            (await (await broker.AsAsync("bea")).GetAsync(path + "?nonsense=1")).IsProblem(403, "forbidden");
        }

        await SealAsync(broker);
        var refused = (await (await broker.AsAsync("eli", canDecide: true)).GetAsync("/v1/audit?actor=bea@example.com")).Json["items"]!.AsArray().Where(e => (string?)e!["type"] == "refused");
        Assert.Equal(9, refused.Count(e => (string?)e!["data"]!["code"] == "forbidden"));
    }

    [Fact]
    public async Task Events_are_listed_page_by_page_and_by_actor_and_by_what_they_are_about()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var grant = await broker.GrantAsync(await broker.AsAsync("ana"));
        await SealAsync(broker);
        var eli = await broker.AsAsync("eli", canDecide: true);

        var all = (await eli.GetAsync("/v1/audit?limit=200")).Is(200).Json["items"]!.AsArray();
        Assert.Equal(Enumerable.Range(1, all.Count), all.Select(e => (int)e!["seq"]!));
        Assert.Equal(["about", "actor", "aggregate", "aggregateId", "at", "data", "hash", "id", "seq", "surface", "type", "version"], all[0]!.AsObject().Select(p => p.Key));

        var paged = new List<JsonNode?>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await eli.GetAsync($"/v1/audit?limit=3{(cursor.Length == 0 ? "" : "&cursor=" + cursor)}")).Is(200).Json;
            paged.AddRange(page["items"]!.AsArray());
            cursor = (string?)page["next"];
        }

        Assert.Equal(all.Select(e => (string?)e!["hash"]), paged.Select(e => (string?)e!["hash"]));
        Assert.All((await eli.GetAsync("/v1/audit?actor=BEA@example.com")).Json["items"]!.AsArray(), e => Assert.Equal("bea@example.com", (string?)e!["actor"]));
        Assert.NotEmpty((await eli.GetAsync("/v1/audit?actor=bea@example.com")).Json["items"]!.AsArray());
        Assert.Equal(["grant.active"], (await eli.GetAsync($"/v1/audit?about={grant}")).Json["items"]!.AsArray().Select(e => (string?)e!["type"]));
        var request = (string)(await eli.GetAsync($"/v1/grants/{grant}")).Json["request"]!;
        Assert.Equal(["request.submitted", "request.vote", "request.approved", "grant.active"], (await eli.GetAsync($"/v1/audit?about={request}")).Json["items"]!.AsArray().Select(e => (string?)e!["type"]));
        Assert.Equal([all.Count - 1, all.Count], (await eli.GetAsync($"/v1/audit?after={all.Count - 2}")).Json["items"]!.AsArray().Select(e => (int)e!["seq"]!));
    }

    [Theory]
    [InlineData("/v1/audit?after=x")]
    [InlineData("/v1/audit?after=-1")]
    [InlineData("/v1/audit?actr=ana@example.com")]
    [InlineData("/v1/audit?limit=0")]
    [InlineData("/v1/audit?about=%00")]
    [InlineData("/v1/audit?actor=a%00b")]
    [InlineData("/v1/audit?cursor=AAAA")]
    [InlineData("/v1/audit/export?format=xml")]
    [InlineData("/v1/audit/export?from=yesterday")]
    [InlineData("/v1/audit/export?from=2026-11-22T10:00:00")]
    [InlineData("/v1/audit/export?limit=5")]
    public async Task A_query_that_is_off_is_refused(string path)
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);

        (await (await broker.AsAsync("eli", canDecide: true)).GetAsync(path)).IsProblem(400, "invalid_request");
    }

    [Fact]
    public async Task An_export_verifies_against_the_checkpoint_and_the_published_keys()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        await broker.GrantAsync(await broker.AsAsync("ana"));
        var eli = await broker.AsAsync("eli", canDecide: true);
        (await eli.GetAsync("/v1/audit/checkpoint")).IsProblem(404, "not_found");
        await SealAsync(broker);

        var checkpoints = AuditCheckpoint.ReadAll((await eli.GetAsync("/v1/audit/checkpoint")).Is(200).Body);
        var keys = CheckpointKeys.Read((await broker.Nobody.GetAsync("/.well-known/audit-keys.json")).Is(200).Body);
        var export = (await eli.GetAsync("/v1/audit/export")).Is(200);

        Assert.Equal(("application/jsonl", "no-store"), (export.MediaType, export.Header("Cache-Control")));
        var verdict = await Audit.AuditBench.VerifyAsync(export.Body, checkpoints, keys);
        Assert.True(verdict.Ok, verdict.Detail);
        Assert.Equal(checkpoints[0].Seq, verdict.Checkpoint);
        Assert.Equal("truncated", (await Audit.AuditBench.VerifyAsync(export.Body[..(export.Body.TrimEnd('\n').LastIndexOf('\n') + 1)], checkpoints, keys)).Reason);
    }

    [Fact]
    public async Task A_part_begins_with_its_predecessors_hash_and_verifies_too()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        await broker.GrantAsync(await broker.AsAsync("ana"));
        broker.Clock.Advance(TimeSpan.FromMinutes(5));
        var noon = EventForm.Text(broker.Clock.GetUtcNow());
        await broker.GrantAsync(await broker.AsAsync("cy"));
        await SealAsync(broker);
        var eli = await broker.AsAsync("eli", canDecide: true);
        var all = (await eli.GetAsync("/v1/audit/export")).Body.TrimEnd('\n').Split('\n');

        var middle = (await eli.GetAsync("/v1/audit/export?from=4&to=6")).Is(200).Body.TrimEnd('\n').Split('\n');
        var since = (await eli.GetAsync($"/v1/audit/export?from={noon}")).Is(200).Body.TrimEnd('\n').Split('\n');
        var until = (await eli.GetAsync($"/v1/audit/export?to={Uri.EscapeDataString("2026-11-22T11:00:00+01:00")}")).Is(200).Body.TrimEnd('\n').Split('\n');
        var nothing = (await eli.GetAsync("/v1/audit/export?from=2030-01-01T00:00:00Z")).Is(200).Body;

        Assert.Equal((IEnumerable<string>)[$$"""{"hash":"{{JsonNode.Parse(all[2])!["hash"]}}","seq":3}""", .. all[3..6]], middle);
        Assert.Equal(all[(Array.IndexOf(all, since[1]))..], since[1..]);
        Assert.All(since[1..], line => Assert.True(string.CompareOrdinal((string?)JsonNode.Parse(line)!["at"], noon) >= 0));
        Assert.Equal((IEnumerable<string>)all, until.Concat(since.Skip(1)));
        foreach (var part in new[] { middle, since })
            Assert.True((await Audit.AuditBench.VerifyAsync(string.Join('\n', part))).Ok);
        Assert.StartsWith("{\"hash\":\"", Assert.Single(nothing.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_exported_what_is_in_the_audit()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        await SealAsync(broker);
        var eli = await broker.AsAsync("eli", canDecide: true);
        await eli.GetAsync("/v1/audit/export?format=csv&from=1&to=2");
        await SealAsync(broker);

        var exported = (await eli.GetAsync("/v1/audit?actor=eli@example.com")).Json["items"]!.AsArray().Single(e => (string?)e!["type"] == "audit.exported")!;

        Assert.Equal(("csv", 1, 2), ((string)exported["data"]!["format"]!, (int)exported["data"]!["first"]!, (int)exported["data"]!["last"]!));
    }

    [Fact]
    public async Task The_table_for_spreadsheets_quotes_and_takes_the_teeth_out_of_formulas()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        await broker.AskAsync(await broker.AsAsync("ana"));
        await SealAsync(broker);

        var csv = (await (await broker.AsAsync("eli", canDecide: true)).GetAsync("/v1/audit/export?format=csv")).Is(200);

        Assert.Equal("text/csv", csv.MediaType);
        Assert.StartsWith("seq,at,type,actor,surface,about,aggregate,aggregateId,version,data,id,hash\r\n1,2026-11-22T10:00:00.000Z,", csv.Body, StringComparison.Ordinal);
        Assert.Contains("request.submitted,ana@example.com,api,", csv.Body, StringComparison.Ordinal);
        Assert.Equal("\"'=HYPERLINK(\"\"x\"\")\"", AuditCsv.Field("=HYPERLINK(\"x\")"));
        foreach (var text in new[] { "=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "＝1", "－1" })
            Assert.StartsWith("\"'", AuditCsv.Field(text), StringComparison.Ordinal);
        Assert.Equal(("plain", "\"a,b\"", "\"a\nb\"", ""), (AuditCsv.Field("plain"), AuditCsv.Field("a,b"), AuditCsv.Field("a\nb"), AuditCsv.Field("")));
    }

    [Fact]
    public async Task A_long_audit_is_exported_whole_without_being_held_in_memory()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var (database, events) = (broker.Get<JitBroker.Storage.Database>(), broker.Get<EventStore>());
        await database.WriteAsync(
            async session =>
            {
                for (var i = 0; i < 5000; i++)
                    await events.AppendAsync(session, AuditEvent.BySystem("request", $"R{i}", 1, "request.submitted", broker.Clock.GetUtcNow(), null), CancellationToken.None);
            },
            CancellationToken.None);
        await SealAsync(broker);

        using var client = new BrokerClient(broker.Address, (await broker.AsAsync("eli", canDecide: true)).Token);
        await using var export = await client.ExportAuditAsync("jsonl", null, null, CancellationToken.None);
        var verdict = await new AuditVerifier([], null).VerifyAsync(export, CancellationToken.None);

        Assert.True(verdict.Ok, verdict.Detail);
        Assert.True(verdict.Events > 5000);
    }

    [Fact]
    public async Task Stuck_ends_are_listed_retried_and_abandoned_over_HTTP()
    {
        await using var broker = await BrokerFixture.NewAsync(Catalog);
        var (ana, dan) = (await broker.AsAsync("ana"), await broker.AsAsync("dan"));
        var grant = await broker.GrantAsync(ana);
        var lease = (await ana.PostAsync($"/v1/grants/{grant}/credentials")).Is(201).Text("lease");
        broker.Issuer.BeforeEnd = (_, _) => Task.FromResult<EndOutcome?>(new EndOutcome.Failed("The door does not answer."));
        await ana.PostAsync($"/v1/grants/{grant}/end");
        await broker.SweepAsync();

        (await ana.GetAsync("/v1/leases/stuck")).IsProblem(403, "forbidden");
        var stuck = Assert.Single((await dan.GetAsync("/v1/leases/stuck")).Is(200).Json["items"]!.AsArray())!;
        Assert.Equal((lease, grant, "ana@example.com", "revoking", "The door does not answer."), ((string?)stuck["id"], (string?)stuck["grant"], (string?)stuck["holder"]!["email"], (string?)stuck["state"], (string?)stuck["lastError"]));

        (await ana.PostAsync($"/v1/leases/{lease}/retry")).IsProblem(403, "forbidden");
        (await (await broker.AsAsync("eli")).PostAsync($"/v1/leases/{lease}/abandon", """{"reason":"x"}""")).IsProblem(403, "forbidden");
        (await dan.PostAsync($"/v1/leases/{grant}/retry")).IsProblem(404, "not_found");
        Assert.Equal("revoking", (await dan.PostAsync($"/v1/leases/{lease}/retry")).Is(200).Text("state"));
        (await dan.PostAsync($"/v1/leases/{lease}/abandon")).IsProblem(422, "reason_required");
        (await dan.PostAsync($"/v1/leases/{lease}/abandon", """{"because":"x"}""")).IsProblem(400, "invalid_request");

        var abandoned = (await dan.PostAsync($"/v1/leases/{lease}/abandon", """{"reason":"scrapped"}""", key: "k1")).Is(200);
        Assert.Equal(("revoked", false), (abandoned.Text("state"), (bool)abandoned.Json["verified"]!));
        Assert.Equal(abandoned.Body, (await dan.PostAsync($"/v1/leases/{lease}/abandon", """{"reason":"scrapped"}""", key: "k1")).Is(200).Body);
        Assert.Equal("revoked", (await dan.PostAsync($"/v1/leases/{lease}/abandon", """{"reason":"scrapped"}""")).IsProblem(409, "not_stuck").Text("state"));
        var shown = (await ana.GetAsync($"/v1/grants/{grant}")).Json;
        Assert.Equal(("ended", null, false), ((string?)shown["state"], (string?)shown["verifiedEndAt"], (bool)shown["leases"]![0]!["verified"]!));
        Assert.NotNull(shown["accessMayLastUntil"]);
        Assert.Empty((await dan.GetAsync("/v1/leases/stuck")).Json["items"]!.AsArray());
    }

    private static async Task SealAsync(BrokerFixture broker)
    {
        await broker.Get<SealEvents>().RunAsync(CancellationToken.None);
        await broker.Get<TakeCheckpoints>().RunAsync(CancellationToken.None);
    }
}
