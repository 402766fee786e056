using JitBroker.Audit;
using JitBroker.Issuers.Jwt;
using JitBroker.Issuing;
using Microsoft.Extensions.DependencyInjection;

namespace JitBroker.Tests.Issuing;

public sealed class JwtRegistrationTests
{
    [Fact]
    public async Task What_is_registered_mints_and_introspects()
    {
        await using var bench = await JwtBench.StartAsync();
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(bench.Database)
            .AddSingleton<EventStore>()
            .AddSingleton(bench.Catalog)
            .AddSingleton(TestSecrets.Of(("LOGS_SECRET", JwtBench.CallerSecret)))
            .AddSingleton<TimeProvider>(bench.Clock)
            .AddSingleton<IssuerRegistry>()
            .AddJwtIssuer(JwtBench.Options(bench.KeysDirectory))
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true });
        var token = TestContext.Current.CancellationToken;
        await services.GetRequiredService<SigningKeys>().LoadAsync(token);
        var issuer = services.GetRequiredService<IssuerRegistry>().Find("jwt")!;
        var order = bench.Order();

        var minted = Assert.IsType<MintOutcome.Minted>(await issuer.MintAsync(order, issuer.Plan(order), token));

        Assert.True(RawJwt.HasValidSignature(JwtBench.TokenOf(minted.Credential), (await services.GetRequiredService<Discovery>().JwksAsync(token))!.ToJsonString()));
        var answer = await services.GetRequiredService<TokenIntrospection>().AnswerAsync(JwtBench.Basic, JwtBench.TokenOf(minted.Credential), token);
        Assert.False(Assert.IsType<IntrospectionOutcome.Answer>(answer).Body["active"]!.GetValue<bool>());
    }
}
