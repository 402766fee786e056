using JitBroker.Issuers.RabbitMq;

namespace JitBroker.Tests.Issuing;

/// <summary>Patterns said as scopes of a token.</summary>
public sealed class RabbitMqScopeTests
{
    [Theory]
    [InlineData("/", "^orders$", "rabbitmq.read:%2F/orders")]
    [InlineData("/", "^(orders|bills)$", "rabbitmq.read:%2F/orders rabbitmq.read:%2F/bills")]
    [InlineData("/", "^orders\\..*$", "rabbitmq.read:%2F/orders.*")]
    [InlineData("v h", "^a\\*b/c d$", "rabbitmq.read:v%20h/a%2Ab%2Fc%20d")]
    [InlineData("/", "^orders?$", "rabbitmq.read:%2F/order rabbitmq.read:%2F/orders")]
    [InlineData("/", "^.*$", "rabbitmq.read:%2F/*")]
    [InlineData("/", "^$", "")]
    public void Names_alternatives_and_a_wildcard_at_the_end_are_said(string vhost, string pattern, string expected) =>
        Assert.Equal(expected, string.Join(' ', TokenScopes.Of(Terms(vhost, read: pattern))!));

    [Theory]
    [InlineData("^[ab]$")]
    [InlineData("^orders.+$")]
    [InlineData("^a.b$")]
    [InlineData("orders")]
    [InlineData("^.*-orders$")]
    [InlineData("^(?i)orders$")]
    public void What_no_scope_can_say_is_not_widened(string pattern) => Assert.Null(TokenScopes.Of(Terms("/", read: pattern)));

    [Fact]
    public void A_topic_right_stands_in_the_place_of_the_right_to_its_exchange()
    {
        var one = Terms("/", write: "^(ev|log)$", topics: [new TopicRight("ev", "^(pay\\.|ship)", "^$")]);
        var none = Terms("/", write: "^ev$", read: "^ev$", topics: [new TopicRight("ev", "^$", "^a")]);

        Assert.Equal(["rabbitmq.write:%2F/ev/pay.*", "rabbitmq.write:%2F/ev/ship*", "rabbitmq.write:%2F/log"], TokenScopes.Of(one)!);
        Assert.Equal(["rabbitmq.read:%2F/ev/a*"], TokenScopes.Of(none)!);
        Assert.Null(TokenScopes.Of(Terms("/", write: "^ev.*$", topics: [new TopicRight("ev", "^pay", "^$")])));
    }

    private static RabbitMqTerms Terms(string vhost, string read = "^$", string write = "^$", TopicRight[]? topics = null) => new(
        new RabbitMqSettings(new Uri("https://mq"), new Uri("amqps://mq"), "jit", "${env:MQ}", IsToken: true, "rabbitmq", TimeSpan.FromMinutes(15)), vhost, "^$", write, read, topics ?? [], 5, []);
}
