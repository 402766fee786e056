using System.Text;
using JitBroker.Bots.Slack;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace JitBroker.Tests.Slack;

/// <summary>chat-wire A1, with the vector Slack publishes.</summary>
public sealed class SignatureTests
{
    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    private const string At = "1531420618";
    private const string Signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    private const string Body =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1531420618);

    [Fact]
    public void The_published_vector_is_valid() => Assert.True(IsValid(At, Signature));

    [Fact]
    public void Every_configured_secret_is_accepted_and_no_empty_one() =>
        Assert.True(IsValid(At, Signature, secrets: ["", "another", Secret]) && !IsValid(At, SlackSignature.Sign("", At, Bytes(Body)), secrets: [""]));

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    [InlineData(86_400, false)]
    public void A_timestamp_may_be_five_minutes_off_either_way(int seconds, bool valid)
    {
        var at = (Then.ToUnixTimeSeconds() + seconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(valid, IsValid(at, SlackSignature.Sign(Secret, at, Bytes(Body))));
    }

    [Theory]
    [InlineData("", Signature)]
    [InlineData("1531420618 ", Signature)]
    [InlineData("+1531420618", Signature)]
    [InlineData("999999999999999999999", Signature)]
    [InlineData(At, "")]
    [InlineData(At, "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")]
    [InlineData(At, "v0=A2114D57B48EAC39B9AD189DD8316235A7B4A8D21A10BD27519666489C69B503")]
    [InlineData(At, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b5")]
    public void Anything_malformed_is_a_no(string at, string signature) => Assert.False(IsValid(at, signature));

    [Fact]
    public void Missing_and_doubled_headers_are_a_no()
    {
        Assert.False(SlackSignature.IsValid(new HeaderDictionary(), Bytes(Body), [Secret], Then));
        Assert.False(IsValid(new StringValues([At, At]), Signature));
        Assert.False(IsValid(At, new StringValues([Signature, Signature])));
    }

    [Fact]
    public void One_changed_byte_is_a_no() => Assert.False(IsValid(At, Signature, body: Body + " "));

    private static bool IsValid(StringValues at, StringValues signature, string body = Body, IReadOnlyList<string>? secrets = null) =>
        SlackSignature.IsValid(
            new HeaderDictionary { [SlackSignature.TimestampHeader] = at, [SlackSignature.SignatureHeader] = signature }, Bytes(body), secrets ?? [Secret], Then);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
