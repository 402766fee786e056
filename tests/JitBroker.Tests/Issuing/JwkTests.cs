using System.Security.Cryptography;
using JitBroker.Issuers.Jwt;

namespace JitBroker.Tests.Issuing;

public sealed class JwkTests
{
    // RFC 7638 §3.1
    private const string Rfc7638 = """
        {"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}
        """;

    // RFC 7517 A.2, with its private member.
    private const string Rfc7517Ec = """
        {"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE","use":"enc","kid":"1"}
        """;

    [Fact]
    public void The_thumbprint_of_an_RSA_key_is_that_of_RFC_7638() =>
        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", Jwk.TryParse(Rfc7638)!.KeyId);

    [Fact]
    public void The_thumbprint_of_an_EC_key_hashes_crv_kty_x_y_in_that_order()
    {
        var canonical = """{"crv":"P-256","kty":"EC","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}"""u8;

        Assert.Equal(System.Buffers.Text.Base64Url.EncodeToString(SHA256.HashData(canonical)), Jwk.TryParse(Rfc7517Ec)!.KeyId);
    }

    [Fact]
    public void A_private_member_is_never_taken_over() =>
        Assert.DoesNotContain("870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE", Jwk.TryParse(Rfc7517Ec)!.ToJson().ToJsonString(), StringComparison.Ordinal);

    [Fact]
    public void A_key_and_what_is_stored_of_it_have_the_same_id()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var jwk = Jwk.Of(ec);

        Assert.Equal(jwk.KeyId, Jwk.TryParse(jwk.ToJson().ToJsonString())!.KeyId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"kty":"oct","k":"AAAA"}""")]
    [InlineData("""{"kty":"RSA","n":"AAAA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-521","x":"AAAA","y":"AAAA"}""")]
    public void What_is_no_public_key_of_ours_is_no_key(string json) => Assert.Null(Jwk.TryParse(json));
}
