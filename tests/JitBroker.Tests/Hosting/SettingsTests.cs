using System.Text.Json;
using JitBroker.Catalog;
using JitBroker.Server.Settings;
using Microsoft.Extensions.Configuration;

namespace JitBroker.Tests.Hosting;

public sealed class SettingsTests
{
    [Fact]
    public void Nothing_said_is_in_order()
    {
        var settings = Load("{}").Settings!;

        Assert.Equal(("http://127.0.0.1:8080/", false, false), (settings.Broker.PublicUrl.AbsoluteUri, settings.Slack.Enabled, settings.Database.IsPostgres));
        Assert.Equal((TimeSpan.FromHours(4), TimeSpan.FromHours(12)), (settings.Broker.Ceilings.PendingFor, settings.Broker.Ceilings.MaxDuration));
        Assert.Equal("/etc/jit/catalog.yaml", settings.Broker.Catalog);
    }

    [Fact]
    public void Every_problem_is_told_at_once_with_path_value_and_remedy()
    {
        var problems = Load("""
            {
              "Broker": { "PublicUrl": "http://jit.example.com", "PendingFor": "4 hours", "AllowTestEndpoints": "perhaps", "TrustedProxies": ["10.0.0.0/8", "everybody"], "Limits": { "OpenRequests": 0 }, "Katalog": "x" },
              "Database": { "Kind": "postgress" },
              "Slack": { "Enabled": true, "Mode": "http", "ApiUrl": "https://slack.example/api/", "BotToken": "${env:MISSING}", "Channel": "#general", "SigningSecrets": "one" },
              "Teams": { "Enabled": true, "Tenants": ["contoso.com"], "ServiceHosts": ["evil.example"], "CertificatePath": "none.pem", "Channel": "General" },
              "Signing": { "RotateEvery": "0s" }
            }
            """).Problems;

        string[] paths =
        [
            "Broker:PublicUrl", "Broker:PendingFor", "Broker:AllowTestEndpoints", "Broker:TrustedProxies", "Broker:Limits:OpenRequests", "Database:Kind", "Slack:ApiUrl", "Slack:BotToken",
            "Slack:SigningSecrets", "Slack:Channel", "Teams:AppId", "Teams:Tenants", "Teams:ServiceHosts", "Teams:CertificatePath", "Teams:Channel", "Signing:RotateEvery", "Broker:Katalog",
        ];
        Assert.Equal(paths.Order(StringComparer.Ordinal), problems.Select(p => p.Path).Order(StringComparer.Ordinal));
        Assert.Equal("Database:Kind \"postgress\": this is none of sqlite, postgres. Did you mean postgres?", problems.Single(p => p.Path == "Database:Kind").ToString());
        Assert.Equal("Broker:Katalog: this key is not known. Did you mean Broker:Catalog?", problems.Single(p => p.Path == "Broker:Katalog").ToString());
        Assert.Contains("MISSING is not set", problems.Single(p => p.Path == "Slack:BotToken").ToString(), StringComparison.Ordinal);
        Assert.All(problems, p => Assert.NotEmpty(p.Remedy));
    }

    [Theory]
    [InlineData("""{"Slack":{"Enabled":true}}""", "Slack:BotToken", "Slack:SigningSecrets")]
    [InlineData("""{"Slack":{"Enabled":true,"Mode":"socket","BotToken":"xoxb-1","SigningSecrets":["s"]}}""", "Slack:AppToken")]
    [InlineData("""{"Slack":{"Enabled":true,"Mode":"http","BotToken":"xoxb-1","AppToken":"xapp-1"}}""", "Slack:SigningSecrets")]
    [InlineData("""{"Slack":{"AppId":"jit"}}""", "Slack:AppId")]
    [InlineData("""{"Database":{"Kind":"postgres"}}""", "Database:ConnectionString")]
    [InlineData("""{"Database":{"Kind":"postgres","ConnectionString":"Host=db;Passwort=hunter2"}}""", "Database:ConnectionString")]
    [InlineData("""{"Database":{"ConnectionString":"Data Source=:memory:"}}""", "Database:ConnectionString")]
    [InlineData("""{"Broker":{"PublicUrl":"jit.example.com"}}""", "Broker:PublicUrl")]
    [InlineData("""{"Broker":{"PublicUrl":"https://user:pw@jit.example.com"}}""", "Broker:PublicUrl")]
    [InlineData("""{"Broker":{"AllowTestEndpoints":true},"Slack":{"ApiUrl":"http://slack.example/api/"}}""", "Slack:ApiUrl")]
    [InlineData("""{"Broker":{"Catalog":""}}""", "Broker:Catalog")]
    [InlineData("""{"Broker":"x"}""", "Broker")]
    [InlineData("""{"Slack":{"Workspaces":["acme"]}}""", "Slack:Workspaces")]
    [InlineData("""{"Slack":{"LinkByProfileEmail":true,"Enabled":true,"BotToken":"x","SigningSecrets":["s"]}}""", "Slack:EmailDomains")]
    [InlineData("""{"Teams":{"Enabled":true}}""", "Teams:AppId", "Teams:Tenants", "Teams:ClientSecret")]
    [InlineData("""{"Teams":{"AppId":"jit"}}""", "Teams:AppId")]
    [InlineData("""{"Teams":{"ServiceHosts":["botframework.com.evil.example"]}}""", "Teams:ServiceHosts")]
    [InlineData("""{"Teams":{"ServiceHosts":["127.0.0.1:8090"]}}""", "Teams:ServiceHosts")]
    [InlineData("""{"Teams":{"OpenIdMetadataUrl":"https://keys.example/openid"}}""", "Teams:OpenIdMetadataUrl")]
    [InlineData("""{"Teams":{"Authority":"http://login.microsoftonline.com/"}}""", "Teams:Authority")]
    public void What_cannot_be_served_with_is_named(string json, params string[] paths)
    {
        var problems = Load(json).Problems;

        Assert.Equal(paths, problems.Select(p => p.Path).Distinct(StringComparer.Ordinal));
        Assert.DoesNotContain(problems, p => p.ToString().Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Socket_mode_needs_no_signing_secret_and_http_mode_no_app_level_token()
    {
        var socket = Load("""{"Slack":{"Enabled":true,"Mode":"socket","BotToken":"xoxb-1","AppToken":"xapp-1","AppId":"A0JIT"}}""");
        var http = Load("""{"Slack":{"Enabled":true,"Mode":"http","BotToken":"xoxb-1","SigningSecrets":["s"]}}""");

        Assert.Equal(("socket", "A0JIT", "http"), (socket.Settings!.Slack.Mode, socket.Settings.Slack.AppId, http.Settings!.Slack.Mode));
    }

    [Fact]
    public void Teams_is_served_with_an_app_its_tenant_and_one_proof_of_it()
    {
        const string Ids = """
            "Enabled":true,"AppId":"22222222-2222-2222-2222-22222222222A","Tenants":["7F1D0F0E-0C1D-4C55-9A52-0D9A3B6C1A01"]
            """;
        var folder = Directory.CreateTempSubdirectory("jitbroker-teams-").FullName;
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=jit", key, System.Security.Cryptography.HashAlgorithmName.SHA256, System.Security.Cryptography.RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(Path.Combine(folder, "bot.pem"), certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, "bare.pem"), certificate.ExportCertificatePem());
        File.WriteAllBytes(Path.Combine(folder, "bot.pfx"), certificate.Export(System.Security.Cryptography.X509Certificates.X509ContentType.Pfx));

        var secret = Load($$"""{"Teams":{ {{Ids}},"ClientSecret":"s3cret"} }""").Settings!.Teams;

        Assert.Equal(("22222222-2222-2222-2222-22222222222a", "7f1d0f0e-0c1d-4c55-9a52-0d9a3b6c1a01"), (secret.AppId, secret.Tenants[0]));
        Assert.Equal("https://login.botframework.com/v1/.well-known/openidconfiguration", secret.OpenIdMetadataUrl.AbsoluteUri);
        Assert.All((string[])["bot.pem", "bot.pfx"], file => Assert.Empty(Load($$"""{"Teams":{ {{Ids}},"CertificatePath":"{{Path.Combine(folder, file)}}"} }""").Problems));
        Assert.Equal("Teams:CertificatePath", Assert.Single(Load($$"""{"Teams":{ {{Ids}},"CertificatePath":"{{Path.Combine(folder, "bare.pem")}}"} }""").Problems).Path);
        Assert.Equal("Teams:CertificatePath", Assert.Single(Load($$"""{"Teams":{ {{Ids}},"ClientSecret":"s","CertificatePath":"{{Path.Combine(folder, "bot.pem")}}"} }""").Problems).Path);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Endpoints_may_be_moved_on_loopback_when_that_is_allowed()
    {
        var settings = Load("""{"Broker":{"AllowTestEndpoints":true},"Slack":{"ApiUrl":"http://127.0.0.1:9/api"}}""").Settings!;

        Assert.Equal("http://127.0.0.1:9/api/", settings.Slack.ApiUrl.AbsoluteUri);
    }

    [Fact]
    public void A_secret_is_read_anew_when_its_file_changes_and_the_last_one_holds_while_it_is_away()
    {
        var folder = Directory.CreateTempSubdirectory("jitbroker-settings-").FullName;
        var path = Path.Combine(folder, "token");
        File.WriteAllText(path, "first\n");
        var json = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["Slack:BotToken"] = "${file:token}" }).Build();

        var token = SettingsLoader.Load(json, new SecretResolver(_ => null, folder), folder).Settings!.Slack.BotToken!;
        var first = token.Current.Reveal();
        File.WriteAllText(path, "second");
        var second = token.Current.Reveal();
        File.Delete(path);

        Assert.Equal(("first", "second", "second", "***"), (first, second, token.Current.Reveal(), token.ToString()));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void The_sample_shows_every_key_with_its_default_and_passes()
    {
        var sample = Path.Combine(Root(), "appsettings.sample.json");
        var configuration = new ConfigurationBuilder().AddJsonFile(sample).Build();
        var reader = new SettingsReader(configuration, Secrets);

        var fromSample = SettingsLoader.Read(reader, Secrets, "/etc/jit");

        Assert.Empty(reader.Problems);
        using var document = JsonDocument.Parse(File.ReadAllText(sample), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        Assert.Equal(reader.Asked.Where(a => !char.IsAsciiDigit(a[^1])).Order(StringComparer.Ordinal), Keys(document.RootElement, "").Order(StringComparer.Ordinal));
        Assert.Equal(Shown(Load("{}").Settings!), Shown(fromSample));
    }

    [Fact]
    public void A_file_that_is_no_JSON_is_told_without_a_stack_trace()
    {
        var folder = Directory.CreateTempSubdirectory("jitbroker-settings-").FullName;
        File.WriteAllText(Path.Combine(folder, "appsettings.json"), "{\n  nonsense");

        var problem = Assert.Single(SettingsLoader.FromFolder(folder, Secrets, out _).Problems);

        Assert.Equal("appsettings.json", problem.Path);
        Assert.Contains("line 2 is not JSON: 'n' is an invalid", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", problem.ToString(), StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_section_whose_name_is_a_slip_away_from_ours_is_told_and_one_of_ASP_NET_is_not()
    {
        var result = Load("""{ "Slak": { "Enabled": true }, "broker": { "PendingFor": "2h" }, "Logging": { "LogLevel": { "Default": "Debug" } } }""");

        Assert.Equal("Slak: this section is not known. Did you mean Slack?", Assert.Single(result.Problems).ToString());
    }

    internal static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "JitBroker.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }

    private static SecretResolver Secrets => new(_ => null, "/etc/jit");

    private static SettingsResult Load(string json) =>
        SettingsLoader.Load(new ConfigurationBuilder().AddJsonStream(new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json))).Build(), Secrets, "/etc/jit");

    /// <summary>Lists count as keys, items do not.</summary>
    private static IEnumerable<string> Keys(JsonElement element, string path) => element.ValueKind == JsonValueKind.Object
        ? element.EnumerateObject().SelectMany(p => Keys(p.Value, path.Length == 0 ? p.Name : $"{path}:{p.Name}"))
        : [path];

    private static string Shown(BrokerSettings settings) => string.Join('\n',
        settings.Broker with { TrustedProxies = [] }, settings.Database with { ConnectionString = null! }, settings.Database.ConnectionString.Current.Reveal(),
        settings.Slack with { SigningSecrets = [], Workspaces = [], EmailDomains = [] }, settings.Teams with { Tenants = [], ServiceHosts = [] }, string.Join(' ', settings.Teams.ServiceHosts), settings.Audit, settings.Signing).Replace("System.Net.IPNetwork[]", "", StringComparison.Ordinal);
}
