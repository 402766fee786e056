using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using JitBroker.Storage;

namespace JitBroker.Tests.Http;

/// <summary>SCIM's wire: what identity providers send, and what they are answered.</summary>
public sealed class ScimTests
{
    [Fact]
    public async Task A_user_is_made_found_changed_and_deleted_as_Okta_does_it()
    {
        await using var bench = await ScimBench.NewAsync();

        var made = (await bench.SendAsync("POST", "/Users", ScimBench.User("fay"))).Is(201);
        var id = made.Text("id");
        Assert.Equal(("application/scim+json", "W/\"1\"", $"http://127.0.0.1:8080/scim/v2/Users/{id}"), (made.MediaType, made.Header("ETag"), made.Header("Location")));
        Assert.Equal(("fay@example.com", "00u-fay", "fay pushed", "Fay", true), ((string)made.Json["userName"]!, (string)made.Json["externalId"]!, (string)made.Json["displayName"]!, (string)made.Json["name"]!["givenName"]!, (bool)made.Json["active"]!));
        Assert.Equal((id, "User", "W/\"1\""), (made.Text("id"), (string)made.Json["meta"]!["resourceType"]!, (string)made.Json["meta"]!["version"]!));
        Assert.DoesNotContain("hunter2", made.Body, StringComparison.Ordinal);

        var found = (await bench.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString("userName eq \"FAY@example.com\"") + "&startIndex=1&count=100")).Is(200).Json;
        Assert.Equal((1, 1, 1, id), ((int)found["totalResults"]!, (int)found["startIndex"]!, (int)found["itemsPerPage"]!, (string)found["Resources"]![0]!["id"]!));
        Assert.Equal(0, (int)(await bench.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString("userName eq \"nobody@example.com\""))).Is(200).Json["totalResults"]!);

        var put = (await bench.SendAsync("PUT", "/Users/" + id, """{"schemas":[],"userName":"fay@example.com","emails":[{"value":"fay@example.com"}],"displayName":"Fay F."}""", ifMatch: "W/\"1\"")).Is(200);
        Assert.Equal(("Fay F.", true, "W/\"2\""), ((string)put.Json["displayName"]!, (bool)put.Json["active"]!, put.Header("ETag")));
        Assert.Null(put.Json["externalId"]);
        var patched = (await bench.PatchAsync("/Users/" + id, """[{"op":"replace","value":{"active":false}}]""")).Is(200);
        Assert.False((bool)patched.Json["active"]!);
        (await bench.SendAsync("DELETE", "/Users/" + id)).Is(204);
        (await bench.SendAsync("GET", "/Users/" + id)).Is(404);
        Assert.Equal(["scim_user.created", "scim_user.changed", "scim_user.deactivated", "scim_user.deleted"], await EventsAsync(bench, id));
        Assert.Equal(["fay@example.com"], await bench.Broker.Get<Database>().ReadAsync(s => s.QueryAsync<string>("select email from scim_users where deleted_at is not null", null, CancellationToken.None), CancellationToken.None));
    }

    /// <summary>Operations, and what the user is then: userName, displayName, the work address, active.</summary>
    public static TheoryData<string, string> Patches => new()
    {
        { """[{"op":"Replace","path":"active","value":"False"}]""", "fay@example.com|fay pushed|fay@example.com|False" },
        { """[{"op":"replace","value":{"active":false,"displayName":"F"}}]""", "fay@example.com|F|fay@example.com|False" },
        { """[{"op":"Add","value":{"name.givenName":"Fay","displayName":"X","emails[type eq \"work\"].value":"new@example.com"}}]""", "fay@example.com|X|new@example.com|True" },
        { """[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"f2@example.com"}]""", "fay@example.com|fay pushed|f2@example.com|True" },
        { """[{"op":"remove","path":"emails[type eq \"work\"]"},{"op":"Add","path":"emails[type eq \"work\"].value","value":"f3@example.com"}]""", "fay@example.com|fay pushed|f3@example.com|True" },
        { """[{"op":"add","path":"emails","value":[{"value":"home@example.com","type":"home"}]}]""", "fay@example.com|fay pushed|fay@example.com|True" },
        { """[{"op":"add","path":"emails","value":[{"value":"boss@example.com","type":"other","primary":true}]}]""", "fay@example.com|fay pushed|boss@example.com|True" },
        { """[{"op":"replace","path":"emails","value":{"value":"one@example.com"}}]""", "fay@example.com|fay pushed|one@example.com|True" },
        { """[{"op":"remove","path":"emails"}]""", "fay@example.com|fay pushed|fay@example.com|True" },
        { """[{"op":"remove","path":"displayName"}]""", "fay@example.com||fay@example.com|True" },
        { """[{"op":"replace","path":"urn:ietf:params:scim:schemas:core:2.0:User:userName","value":"f@x.org"}]""", "f@x.org|fay pushed|fay@example.com|True" },
        { """[{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"IT"}]""", "fay@example.com|fay pushed|fay@example.com|True" },
        { """[{"op":"add","path":"phoneNumbers[type eq \"work\"].value","value":"1"},{"op":"replace","path":"name","value":{"familyName":"Q"}}]""", "fay@example.com|fay pushed|fay@example.com|True" },
        { """[{"op":"replace","path":"emails[primary eq true].value","value":"p@example.com"}]""", "fay@example.com|fay pushed|p@example.com|True" },
    };

    [Theory]
    [MemberData(nameof(Patches))]
    public async Task Users_are_patched_in_the_dialects_of_Okta_and_Entra(string operations, string expected)
    {
        await using var bench = await ScimBench.NewAsync();
        var id = await bench.UserAsync("fay");

        var user = (await bench.PatchAsync("/Users/" + id, operations)).Is(200).Json;
        var email = (await bench.Broker.Get<Database>().ReadAsync(s => s.QueryAsync<string>("select email from scim_users where deleted_at is null", null, CancellationToken.None), CancellationToken.None))[0];

        Assert.Equal(expected, $"{user["userName"]}|{user["displayName"]}|{email}|{(bool)user["active"]!}");
    }

    public static TheoryData<string, string, string?, int, string?> Faults => new()
    {
        { "POST", "/Users", "{}", 400, "invalidValue" },
        { "POST", "/Users", "{", 400, "invalidSyntax" },
        { "POST", "/Users", "[]", 400, "invalidSyntax" },
        { "POST", "/Users", """{"userName":"a","UserName":"b"}""", 400, "invalidSyntax" },
        { "POST", "/Users", """{"userName":"a\u0000b"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"\ud800"}""", 400, "invalidSyntax" },
        { "POST", "/Users", """{"userName":"a","active":"perhaps"}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a","emails":[{"value":"no address"}]}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"a","emails":[{"value":"a@x.org","primary":true},{"value":"b@x.org","primary":true}]}""", 400, "invalidValue" },
        { "POST", "/Users", """{"userName":"FAY@example.com"}""", 409, "uniqueness" },
        { "POST", "/Users", """{"userName":"other","emails":[{"value":" Fay@Example.com "}]}""", 409, "uniqueness" },
        { "GET", "/Users?filter=userName%20gt%20%22a%22", null, 400, "invalidFilter" },
        { "GET", "/Users?filter=userName%20eq%20%22a%22%20or%20active%20eq%20true", null, 400, "invalidFilter" },
        { "GET", "/Users?filter=password%20eq%20%22a%22", null, 400, "invalidFilter" },
        { "GET", "/Users?filter=userName%20eq%20%22a", null, 400, "invalidFilter" },
        { "GET", "/Users?count=many", null, 400, "invalidValue" },
        { "GET", "/Users/01ARZ3NDEKTSV4RRFFQ69G5FAV", null, 404, null },
        { "GET", "/Users/x", null, 404, null },
        { "GET", "/Nothing", null, 404, null },
        { "DELETE", "/Groups/01ARZ3NDEKTSV4RRFFQ69G5FAV", null, 404, null },
        { "PATCH", "/Users/FAY", """{"Operations":[]}""", 400, "invalidSyntax" },
        { "PATCH", "/Users/FAY", """{"Operations":[{"op":"move","path":"active"}]}""", 400, "invalidSyntax" },
        { "PATCH", "/Users/FAY", """{"Operations":[{"op":"remove"}]}""", 400, "noTarget" },
        { "PATCH", "/Users/FAY", """{"Operations":[{"op":"replace","path":"emails[type eq","value":"x"}]}""", 400, "invalidPath" },
        { "PATCH", "/Users/FAY", """{"Operations":[{"op":"remove","path":"userName"}]}""", 400, "invalidValue" },
        { "PATCH", "/Users/FAY", """{"Operations":[{"op":"remove","path":"id"}]}""", 400, "mutability" },
        { "POST", "/Groups", """{"displayName":"G","members":[{"value":"01ARZ3NDEKTSV4RRFFQ69G5FAV"}]}""", 400, "invalidValue" },
        { "POST", "/Groups", """{"members":[]}""", 400, "invalidValue" },
        { "GET", "/Groups?filter=displayName%20co%20%22a%22", null, 400, "invalidFilter" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_is_off_is_told_in_SCIMs_own_form_and_changes_nothing(string method, string path, string? body, int status, string? scimType)
    {
        await using var bench = await ScimBench.NewAsync();
        var fay = await bench.UserAsync("fay");

        var answer = (await bench.SendAsync(method, path.Replace("FAY", fay, StringComparison.Ordinal), body)).Is(status);

        Assert.Equal(("application/scim+json", scimType, status.ToString(System.Globalization.CultureInfo.InvariantCulture)), (answer.MediaType, (string?)answer.Json["scimType"], answer.Text("status")));
        Assert.Equal("urn:ietf:params:scim:api:messages:2.0:Error", (string?)answer.Json["schemas"]![0]);
        Assert.Equal(["scim_user.created"], await EventsAsync(bench, fay));
        Assert.Equal(1, await bench.Broker.Get<Database>().ReadAsync(s => s.FirstOrDefaultAsync<long>("select (select count(*) from scim_users) + (select count(*) from scim_groups)", null, CancellationToken.None), CancellationToken.None));
    }

    [Fact]
    public async Task Each_client_has_its_own_token_and_sees_its_own_people()
    {
        await using var bench = await ScimBench.NewAsync();
        var fay = await bench.UserAsync("fay");

        foreach (var wrong in new[] { null, "", "okta", ScimBench.Token + "x", (await bench.Broker.SignInAsync("ana")).Token })
        {
            var refused = (await bench.SendAsync("GET", "/Users", token: wrong)).Is(401);
            Assert.Equal(("application/scim+json", "Bearer realm=\"jitbroker-scim\""), (refused.MediaType, refused.Header("WWW-Authenticate")));
        }

        (await bench.SendAsync("GET", "/Users/" + fay, token: ScimBench.OtherToken)).Is(404);
        (await bench.SendAsync("DELETE", "/Users/" + fay, token: ScimBench.OtherToken + "-next")).Is(404);
        Assert.Equal(0, (int)(await bench.SendAsync("GET", "/Users", token: ScimBench.OtherToken)).Is(200).Json["totalResults"]!);
        (await bench.Broker.Nobody.GetAsync("/v1/me")).IsProblem(401, "unauthenticated");
        (await new ApiCaller(bench.Broker.Http, ScimBench.Token).GetAsync("/v1/me")).IsProblem(401, "unauthenticated");
    }

    [Fact]
    public async Task Without_a_client_there_is_no_SCIM()
    {
        await using var broker = await BrokerFixture.NewAsync();

        (await broker.Nobody.GetAsync("/scim/v2/Users")).IsProblem(404, "not_found");
    }

    [Fact]
    public async Task A_change_based_on_what_has_changed_since_is_refused()
    {
        await using var bench = await ScimBench.NewAsync();
        var fay = await bench.UserAsync("fay");
        (await bench.PatchAsync("/Users/" + fay, """[{"op":"replace","path":"displayName","value":"F"}]""")).Is(200);

        (await bench.SendAsync("PUT", "/Users/" + fay, ScimBench.User("fay"), ifMatch: "W/\"1\"")).Is(412);
        (await bench.SendAsync("DELETE", "/Users/" + fay, ifMatch: "\"1\"")).Is(412);
        (await bench.SendAsync("DELETE", "/Users/" + fay, ifMatch: "W/\"soon\"")).Is(412);
        (await bench.SendAsync("GET", "/Users/" + fay, ifNoneMatch: "W/\"2\"")).Is(304);
        (await bench.SendAsync("GET", "/Users/" + fay, ifNoneMatch: "W/\"1\"")).Is(200);
        var again = (await bench.PatchAsync("/Users/" + fay, """[{"op":"replace","path":"displayName","value":"F"}]""")).Is(200);
        Assert.Equal("W/\"2\"", again.Header("ETag"));
        (await bench.SendAsync("DELETE", "/Users/" + fay, ifMatch: "W/\"2\"")).Is(204);
        Assert.Equal(["scim_user.created", "scim_user.changed", "scim_user.deleted"], await EventsAsync(bench, fay));
    }

    [Fact]
    public async Task Lists_are_paged_and_narrowed_to_what_is_asked()
    {
        await using var bench = await ScimBench.NewAsync();
        foreach (var name in new[] { "ada", "bob", "cas", "dot", "eve" })
            await bench.UserAsync(name, active: name != "eve");

        var second = (await bench.SendAsync("GET", "/Users?startIndex=3&count=2&attributes=userName")).Is(200).Json;
        Assert.Equal((5, 3, 2), ((int)second["totalResults"]!, (int)second["startIndex"]!, (int)second["itemsPerPage"]!));
        Assert.Equal(["cas@example.com", "dot@example.com"], second["Resources"]!.AsArray().Select(u => (string)u!["userName"]!));
        Assert.Equal(["schemas", "id", "userName"], second["Resources"]![0]!.AsObject().Select(p => p.Key));
        Assert.Equal((5, 0), await CountsAsync("?count=0"));
        Assert.Equal((5, 0), await CountsAsync("?startIndex=6"));
        Assert.Equal((5, 5), await CountsAsync("?startIndex=-3&count=100000"));
        Assert.Equal((1, 1), await CountsAsync("?filter=" + Uri.EscapeDataString("active eq false")));
        Assert.Equal((1, 1), await CountsAsync("?filter=" + Uri.EscapeDataString("externalId eq \"00u-bob\" and active eq true")));
        Assert.Equal((0, 0), await CountsAsync("?filter=" + Uri.EscapeDataString("externalId eq \"00U-BOB\"")));
        Assert.Equal((1, 1), await CountsAsync("?filter=" + Uri.EscapeDataString("emails[type eq \"work\"].value eq \"Cas@example.com\"")));
        Assert.Equal(2, (int)(await bench.SendAsync("POST", "/Users/.search", """{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"startIndex":4,"count":10,"attributes":["id"]}""")).Is(200).Json["itemsPerPage"]!);

        async Task<(int, int)> CountsAsync(string query)
        {
            var list = (await bench.SendAsync("GET", "/Users" + query)).Is(200).Json;
            return ((int)list["totalResults"]!, list["Resources"]!.AsArray().Count);
        }
    }

    [Fact]
    public async Task Groups_gain_and_lose_members_in_every_dialect()
    {
        await using var bench = await ScimBench.NewAsync();
        var (ada, bob, cas) = (await bench.UserAsync("ada"), await bench.UserAsync("bob"), await bench.UserAsync("cas"));
        var id = await bench.GroupAsync("Platform", ada);

        Assert.Equal(new[] { ada, bob }, await PatchedAsync($$"""[{"op":"Add","path":"members","value":[{"value":"{{bob}}","display":null}]}]"""));
        Assert.Equal(new[] { bob }, await PatchedAsync($$"""[{"op":"remove","path":"members[value eq \"{{ada}}\"]"}]"""));
        Assert.Empty(await PatchedAsync($$"""[{"op":"Remove","path":"members","value":[{"value":"{{bob}}"}]}]"""));
        Assert.Equal(new[] { ada, cas }, await PatchedAsync($$$"""[{"op":"replace","path":"members","value":[{"value":"{{{bob}}}"}]},{"op":"remove","path":"members"},{"op":"add","value":{"members":[{"value":"{{{ada}}}"},{"value":"{{{cas}}}"}]}}]"""));
        Assert.Equal(new[] { ada, cas }, await PatchedAsync("""[{"op":"replace","value":{"id":"x","displayName":"Platform team"}}]"""));
        Assert.Equal(new[] { bob }, ScimBench.Members((await bench.SendAsync("PUT", "/Groups/" + id, $$"""{"displayName":"Platform team","externalId":"g1","members":[{"value":"{{bob}}"}]}""")).Is(200).Json));

        var found = (await bench.SendAsync("GET", "/Groups?excludedAttributes=members&filter=" + Uri.EscapeDataString("displayName eq \"platform TEAM\""))).Is(200).Json;
        Assert.Equal((1, false), ((int)found["totalResults"]!, found["Resources"]![0]!.AsObject().ContainsKey("members")));
        Assert.Equal(1, (int)(await bench.SendAsync("GET", "/Groups?filter=" + Uri.EscapeDataString($"id eq \"{id}\" and members eq \"{bob}\""))).Is(200).Json["totalResults"]!);
        Assert.Equal(0, (int)(await bench.SendAsync("GET", "/Groups?filter=" + Uri.EscapeDataString($"id eq \"{id}\" and members eq \"{ada}\""))).Is(200).Json["totalResults"]!);
        (await bench.SendAsync("DELETE", "/Users/" + bob)).Is(204);
        Assert.Empty(ScimBench.Members((await bench.SendAsync("GET", "/Groups/" + id)).Is(200).Json));
        (await bench.SendAsync("POST", "/Groups", """{"displayName":"PLATFORM team"}""")).Is(409);
        (await bench.SendAsync("DELETE", "/Groups/" + id)).Is(204);
        (await bench.SendAsync("POST", "/Groups", """{"displayName":"PLATFORM team"}""")).Is(201);

        async Task<string[]> PatchedAsync(string operations) => ScimBench.Members((await bench.PatchAsync("/Groups/" + id, operations)).Is(200).Json);
    }

    [Fact]
    public async Task What_can_be_had_is_told()
    {
        await using var bench = await ScimBench.NewAsync();

        var config = (await bench.SendAsync("GET", "/ServiceProviderConfig")).Is(200).Json;
        Assert.Equal((true, false, true, true), ((bool)config["patch"]!["supported"]!, (bool)config["bulk"]!["supported"]!, (bool)config["filter"]!["supported"]!, (bool)config["etag"]!["supported"]!));
        Assert.Equal(["User", "Group"], (await bench.SendAsync("GET", "/ResourceTypes")).Is(200).Json["Resources"]!.AsArray().Select(r => (string)r!["name"]!));
        (await bench.SendAsync("GET", "/ResourceTypes/User")).Is(200);
        Assert.Equal(2, (int)(await bench.SendAsync("GET", "/Schemas")).Is(200).Json["totalResults"]!);
        Assert.Equal("userName", (string)(await bench.SendAsync("GET", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User")).Is(200).Json["attributes"]![0]!["name"]!);
        (await bench.SendAsync("GET", "/Schemas/urn:none")).Is(404);
    }

    [Fact]
    public async Task No_operation_ever_makes_a_500()
    {
        await using var bench = await ScimBench.NewAsync();
        var (user, group) = (await bench.UserAsync("fay"), await bench.GroupAsync("G"));
        string[] values = ["null", "true", "\"\"", "\"x\"", "1e999", "[]", "[1]", "{}", "[{}]", "{\"value\":\"a@b.c\"}", "[{\"value\":null}]", "{\"primary\":\"true\"}", "\"\\ud800\"", "\"\\u0000\"", "{\"a\":{\"b\":{}}}"];
        string[] paths = ["active", "userName", "name", "name.x", "emails", "emails[type eq \\\"work\\\"]", "emails[type eq \\\"work\\\"].value", "emails[type ne \\\"a\\\" and primary pr].primary", "members", "members[value eq \\\"x\\\"]", "displayName", "urn:x", "", "[", "a.b.c", "members[].x"];
        var operations = (from op in Gen.Elements("add", "Replace", "REMOVE", "x") from path in Gen.Elements(paths) from value in Gen.Elements(values) select $$"""{"op":"{{op}}","path":"{{path}}","value":{{value}}}""").ListOf(2).Sample(150);
        var filters = Gen.Elements("userName", " ", "eq", "and", "or", "[", "]", "\"", "\"a\"", ".", "pr", "true", "(", "\\", "emails", "%00").ListOf().Select(string.Concat).Sample(100);

        foreach (var body in operations.Select(o => $$"""{"Operations":[{{string.Join(',', o)}}]}"""))
        {
            foreach (var path in new[] { "/Users/" + user, "/Groups/" + group })
            {
                var answer = await bench.SendAsync("PATCH", path, body);
                Assert.True(answer.Status < 500 && answer.MediaType == "application/scim+json", $"{path} {body}: {answer.Status} {answer.Body}");
            }
        }

        foreach (var filter in filters)
            Assert.True((await bench.SendAsync("GET", "/Users?filter=" + Uri.EscapeDataString(filter))).Status < 500, filter);
    }

    private static async Task<IReadOnlyList<string>> EventsAsync(ScimBench bench, string id) =>
        await bench.Broker.Get<Database>().ReadAsync(s => s.QueryAsync<string>("select type from events where aggregate_id = @id order by version", new { id }, CancellationToken.None), CancellationToken.None);
}
