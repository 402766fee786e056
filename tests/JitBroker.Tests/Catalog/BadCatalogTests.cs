using JitBroker.Catalog;

namespace JitBroker.Tests.Catalog;

public sealed class BadCatalogTests
{
    /// <summary>A piece of the sample, what stands there instead, and the problem as it is printed (from the path on).</summary>
    public static TheoryData<string, string, string> Changes => new()
    {
        // keys and names
        { "hidden: false", "hiden: false", "entitlements.orders-db:read.hiden: \"hiden\" is not a key known here. Did you mean hidden?" },
        { "\nbundles:", "\nbundels:", "bundels: \"bundels\" is not a key known here. Did you mean bundles?" },
        { "  orders-db:read:", "  Orders DB:", "entitlements.Orders DB: \"Orders DB\" is not a name." },
        { "  door: ", "  a:b:c: ", "issuers.a:b:c: \"a:b:c\" is not a name." },
        { "  incident-kit:", "  orders-db:read:", "\"orders-db:read\" is an entitlement too. Rename the bundle." },
        { "risk: low ", "risk: lowish ", "entitlements.orders-db:read.risk: \"lowish\" is not one of low, medium, high. Choose one of these." },
        { "hidden: false ", "hidden: no ", "entitlements.orders-db:read.hidden: \"no\" is not true or false. Write true or false." },
        { "leases: 3 ", "leases: 0 ", "entitlements.orders-db:read.leases: \"0\" is not a whole number from 1 to 20." },
        { "leases: 3 ", "leases: three ", "entitlements.orders-db:read.leases: \"three\" is not a whole number from 1 to 20." },
        { "title: Payments logs", "title: [a]", "entitlements.payments-logs:read.title: A list stands where a text is needed." },
        { "title: Payments logs", "title:", "entitlements.payments-logs:read.title: There is no value here." },
        { "title: Payments logs", "title: \"pay\\u202Ements\"", "entitlements.payments-logs:read.title: \"pay\\u202ements\" holds control, invisible or direction-changing characters." },
        { "title: Payments logs", "title: Payments logs\n    title: Again", "entitlements.payments-logs:read.title: \"title\" is defined twice, first in line 36." },
        // people, groups, roles
        { "email: bea@example.com, name: Bea", "email: \" ANA@Example.com \", name: Bea", "people[1].email: \" ANA@Example.com \" is the same person as people[0].email" },
        { "email: bea@example.com, ", "email: bea, ", "people[1].email: \"bea\" is not an e-mail address." },
        { "{ email: bea@example.com, name: Bea,", "{ name: Bea,", "people[1]: \"email\" is missing." },
        { "slack: T0EX/U0BEA", "slack: T0EX/U0ANA", "people[1].slack: \"T0EX/U0ANA\" is ana@example.com's account already." },
        { "slack: T0EX/U0BEA", "slack: U0BEA", "people[1].slack: \"U0BEA\" is not a Slack account TEAM/USER" },
        { "teams: \"19:abc@thread.tacv2\"", "teams: General", "\"General\" is not a Teams channel id such as 19:abc@thread.tacv2." },
        { "teams: 7f1d0f0e-", "teams: 7f1d-", "is not a Teams account TENANT/OBJECT of two GUIDs." },
        { "{ members: [dan@example.com] }", "{ members: dan@example.com }", "groups.platform.members: \"dan@example.com\" is not a list of e-mail addresses." },
        { "{ members: [dan@example.com] }", "{}", "groups.platform: A group has either members, a schedule or a scim group." },
        { "kind: pagerduty", "kind: pagerdutty", "groups.oncall.schedule.kind: \"pagerdutty\" is not one of pagerduty, opsgenie, http. Did you mean pagerduty?" },
        { "token: \"${env:PD}\"", "token: abc123", "groups.oncall.schedule.token: A secret must not stand in the catalog" },
        { "kind: pagerduty, id: PABC123", "kind: http, id: \"http://oncall.example.com/who\"", "groups.oncall.schedule.id: \"http://oncall.example.com/who\" is not an address that begins with https://. Correct it" },
        { "kind: pagerduty, id: PABC123", "kind: http, id: \"http://127.0.0.1:9/who\"", "groups.oncall.schedule.id: \"http://127.0.0.1:9/who\" is not an address that begins with https://." },
        { "kind: pagerduty, id: PABC123", "kind: http, id: \"https://u:p@oncall.example.com/\"", "is not an absolute address without user, password and fragment." },
        { "kind: pagerduty, id: PABC123", "kind: pagerduty, api: \"https://evil.example.com/\", id: PABC123", "groups.oncall.schedule.api: \"https://evil.example.com/\" is not an API of this vendor: https://api.pagerduty.com/ or https://api.eu.pagerduty.com/." },
        { "kind: pagerduty, id: PABC123", "kind: opsgenie, api: \"https://api.eu.pagerduty.com/\", id: PABC123", "is not an API of this vendor: https://api.opsgenie.com/ or https://api.eu.opsgenie.com/." },
        { "roles: { admin:", "roles: { approver: [platform], admin:", "roles.approver: \"approver\" is not a role." },
        { "auditor: [security]", "auditor: [securty]", "roles.auditor[0]: \"securty\" is not a group of this catalog. Did you mean security?" },
        // issuers
        { "kind: jwt,", "kind: jtw,", "issuers.tokens.kind: \"jtw\" is not one of jwt, postgres, aws-sts, rabbitmq, kafka, http. Did you mean jwt?" },
        { "alg: RS256", "alg: none", "issuers.tokens.alg: \"none\" is not one of RS256, ES256." },
        { "tokenLifetime: 15m", "introspectors: [ { name: a, secret: \"${env:X}\" } ]", "issuers.tokens.introspectors[0]: \"client\" is missing." },
        { "tokenLifetime: 15m", "introspectors: [ { client: a, secret: hush } ]", "issuers.tokens.introspectors[0].secret: A secret must not stand in the catalog" },
        { "tokenLifetime: 15m", "tokenLifetime: 0s", "issuers.tokens.tokenLifetime: \"0s\" is no time at all: a duration must be above zero." },
        { "connection: \"${env:ORDERS_PG}\"", "connection: \"Host=db;Password=hush\"", "issuers.orders-pg.connection: A password must not stand in the catalog" },
        { "connection: \"${env:ORDERS_PG}\"", "connection: \"Host=db;Password=$hush\"", "issuers.orders-pg.connection: A password must not stand in the catalog" },
        { "connection: \"${env:ORDERS_PG}\"", "connection: \"Host=db;Pwd='hush hush'\"", "issuers.orders-pg.connection: A password must not stand in the catalog" },
        { "connection: \"${env:ORDERS_PG}\"", "connection: \"Host=db;Password=${env:ORDERS_PG}hush\"", "issuers.orders-pg.connection: A password must not stand in the catalog" },
        { "connection: \"${env:ORDERS_PG}\"", "connection: \"postgresql://jit:$hush@db/orders\"", "issuers.orders-pg.connection: A password must not stand in the catalog" },
        { "connection: \"${env:ORDERS_PG}\"", "connection: \"${vault:x}\"", "issuers.orders-pg.connection: The value holds a reference that cannot be read" },
        { "secretAccessKey: \"${env:S}\"", "secretAccessKey: hush", "issuers.aws.secretAccessKey: A secret must not stand in the catalog" },
        { "management: \"https://mq:15671\"", "management: \"https://u:hush@mq\"", "issuers.rmq.management: An address must not carry a user or password." },
        { "management: \"https://mq:15671\"", "management: \"file:///etc/passwd\"", "issuers.rmq.management: \"file:///etc/passwd\" is not an address that begins with https:// or http://." },
        { "bootstrap: [\"k1:9093\"]", "bootstrap: [\"k1\"]", "issuers.stream.bootstrap[0]: \"k1\" is not a host:port." },
        { "issuer: tokens", "issuer: token", "entitlements.payments-logs:read.issuer: \"token\" is not an issuer of this catalog. Did you mean tokens?" },
        // grants
        { "https://logs.example", "http://127.0.0.1:8080/", "grants.audience: \"http://127.0.0.1:8080/\" is the broker's own address, Broker:PublicUrl." },
        { "https://logs.example", "HTTPS://MQ:15671/", "grants.audience: \"HTTPS://MQ:15671/\" is already taken by the address of an issuer." },
        { "audience: \"https://logs.example\", ", "", "entitlements.payments-logs:read.grants: \"audience\" is missing." },
        { "scope: [read]", "scope: [\"re ad\"]", "grants.scope[0]: \"re ad\" is not a scope" },
        { "scope: [read]", "claims: { sub: root }", "grants.claims.sub: The claim \"sub\" is the broker's to set." },
        { "verify: offline", "verify: never", "grants.verify: \"never\" is not one of offline, introspection." },
        { "roles: [orders_readonly]", "roles: ['a\"; drop role x; --']", "grants.roles[0]: \"a\"; drop role x; --\" holds a quote, backslash, semicolon or wildcard" },
        { "roles: [orders_readonly]", "roles: [" + "ä23456789012345678901234567890123456789012345678901234567890123" + "]", "is longer than the 63 bytes PostgreSQL keeps of a name." },
        { "roles: [orders_readonly]", "roles: []", "grants.roles: No role is named." },
        // limits
        { "max: 8h", "max: 13h", "entitlements.orders-db:read.duration.max: \"13h\" is above Broker:MaxDuration (12h). Lower it, or raise Broker:MaxDuration." },
        { "default: 1h, max: 8h", "default: 9h, max: 8h", "entitlements.orders-db:read.duration.default: \"9h\" is above max (8h)." },
        { "min: 5m, default: 1h", "min: 2h, default: 1h", "entitlements.orders-db:read.duration.min: \"2h\" is above default (1h)." },
        { "max: 8h", "max: eight", "entitlements.orders-db:read.duration.max: \"eight\" is not a duration. Write it like 30m, 1h30m or PT1H30M." },
        { "pending: 4h", "pending: -4h", "entitlements.orders-db:read.pending: \"-4h\" is negative: a duration must be above zero." },
        { @"(INC|OPS)-\d+", "(INC", "reason.pattern: \"(INC\" is not a regular expression that can be matched without backtracking." },
        { @"(INC|OPS)-\d+", "(?=INC)", "reason.pattern: \"(?=INC)\" is not a regular expression that can be matched without backtracking." },
        { "slack: C0DATA", "slack: \"#data\"", "channel.slack: \"#data\" is not a Slack channel id such as C0DATA." },
        { "eligible: [engineering]\n    duration: { default", "eligible: []\n    duration: { default", "entitlements.payments-logs:read.eligible: No group is named." },
        // rules
        { "votes: 1, remindAfter", "votes: 3, remindAfter", "entitlements.orders-db:read.approval: Nobody can satisfy this rule: it needs 3 of 2 data-owners (Bea, dan)" },
        { "votes: 1, remindAfter", "votes: 0, remindAfter", "approval[0].votes: \"0\" is not a whole number from 1 to 20." },
        { "group: data-owners, votes: 1", "group: data-owner, votes: 1", "approval[0].group: \"data-owner\" is not a group of this catalog. Did you mean data-owners?" },
        { "escalateTo: platform, ", "", "approval[0]: escalateTo and escalateAfter belong together." },
        { "remindAfter: 15m", "remindAfter: 5h", "approval[0].remindAfter: \"5h\" is above the entitlement's pending (4h)." },
        { "[ { group: data-owners, votes: 2 } ], [ { group: security, votes: 1 } ]", "", "approval.stages[0].anyOf: There are no alternatives." },
        { "approval: { stages:", "approval: { stage:", "entitlements.payments-logs:read.approval.stage: \"stage\" is not a key known here. Did you mean stages?" },
        { "approval: { stages: [ { anyOf: [ [ { group: data-owners, votes: 2 } ], [ { group: security, votes: 1 } ] ] } ] }", "approval: { auto: { hours: \"9 to 5\" }, else: [ { group: security } ] }", "approval.auto.hours: \"9 to 5\" is not a window of hours. Hours are written HH:mm-HH:mm Zone/Id" },
        { "approval: { stages: [ { anyOf: [ [ { group: data-owners, votes: 2 } ], [ { group: security, votes: 1 } ] ] } ] }", "approval: { auto: { atMost: 30m } }", "entitlements.payments-logs:read.approval: \"else\" is missing." },
        { "approval: { stages: [ { anyOf: [ [ { group: data-owners, votes: 2 } ], [ { group: security, votes: 1 } ] ] } ] }", "approval: automatic", "approval: \"automatic\" is not one of auto." },
        { "review: { group: security, within: 24h }", "review: { group: nobody, within: 24h }", "breakGlass.review.group: \"nobody\" is not a group of this catalog." },
        { "eligible: [oncall], max: 30m", "eligible: [], max: 30m", "breakGlass.eligible: No group is named." },
        { "eligible: [oncall], max: 30m", "eligible: [oncall], max: 13h", "breakGlass.max: \"13h\" is above Broker:MaxDuration (12h)." },
        { "eligible: [oncall], max: 30m", "eligible: [oncall]", "entitlements.orders-db:read.breakGlass: \"max\" is missing." },
        { "{ group: security, within: 24h }", "{ group: security }", "breakGlass.review: \"within\" is missing." },
        { "{ group: security, within: 24h }", "{ group: security, within: 24h, by: eli }", "breakGlass.review.by: \"by\" is not a key known here." },
        { "extensions: { max: 2 }", "extensions: { max: 21 }", "extensions.max: \"21\" is not a whole number from 0 to 20." },
        { "extensions: { max: 2 }", "extensions: { }", "entitlements.orders-db:read.extensions: \"max\" is missing." },
        { "[orders-db:read, payments-logs:read]", "[orders-db:read, payments-log:read]", "bundles.incident-kit[1]: \"payments-log:read\" is not an entitlement of this catalog. Did you mean payments-logs:read?" },
        { "[orders-db:read, payments-logs:read]", "[orders-db:read]", "bundles.incident-kit: A bundle has 2 to 20 entitlements." },
        { "[orders-db:read, payments-logs:read]", "[orders-db:read, orders-db:read]", "bundles.incident-kit[1]: \"orders-db:read\" stands in this bundle twice." },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Each_fault_is_told_with_its_place_its_value_and_its_remedy(string piece, string instead, string expected)
    {
        Assert.Contains(piece, Sample.Yaml, StringComparison.Ordinal);
        var at = Sample.Yaml.IndexOf(piece, StringComparison.Ordinal);

        var result = Sample.Load(Sample.Yaml[..at] + instead + Sample.Yaml[(at + piece.Length)..]);

        Assert.Null(result.Snapshot);
        Assert.Contains(result.Problems, p => p.ToString().Contains(expected, StringComparison.Ordinal));
        Assert.All(result.Problems, p => Assert.True(p.File == "catalog.yaml" && p.Line > 0 && p.Column > 0 && p.Remedy.Length + p.Message.Length > 10, p.ToString()));
        Assert.DoesNotContain(result.Problems, p => p.ToString().Contains("hush", StringComparison.Ordinal));
    }

    /// <summary>Grants of the other kinds, as one entitlement of the sample.</summary>
    [Theory]
    [InlineData("door", "{ resource: orders-admin }", "")]
    [InlineData("door", "{ resource: \"*\" }", "\"*\" is not a resource")]
    [InlineData("rmq", "{ vhost: /, configure: \"\", write: \"^ev$\", read: \"^(a|b)$\", topics: [ { exchange: ev, write: \"^pay\\\\.\", read: \"\" } ] }", "")]
    [InlineData("rmq", "{ vhost: /, read: \".*\" }", "grants.read: \".*\" is wider than it looks: it matches every name, or names with nothing in common. Let every alternative begin with fixed characters")]
    [InlineData("rmq", "{ vhost: /, read: \".*\", allowWide: \"The platform team moves queues\" }", "")]
    [InlineData("rmq", "{ vhost: /, configure: \"^(jit-|)\", allowWide: \"They clean up\" }", "")]
    [InlineData("rmq", "{ vhost: /, read: \"^(orders|.*)$\" }", "is wider than it looks")]
    [InlineData("rmq", "{ vhost: /, configure: \"^(?i)orders$\" }", "grants.configure: \"^(?i)orders$\" holds something whose reach cannot be told from its text")]
    [InlineData("rmq", "{ vhost: /, write: \"^amq.*$\" }", "grants.write: \"^amq.*$\" reaches amq.default, the default exchange, through which one writes to every queue")]
    [InlineData("rmq", "{ vhost: /, write: \"^amq\\\\.default$\", allowWide: \"Replies to any queue\" }", "")]
    [InlineData("rmq", "{ vhost: /, read: \"^amq\\\\.rabbitmq\\\\..*$\" }", "reaches amq.rabbitmq.trace, the firehose")]
    [InlineData("rmq", "{ vhost: /, read: \"^a$\", topics: [ { exchange: ev, write: pay } ] }", "grants.topics[0].write: \"pay\" is not anchored")]
    [InlineData("rmq", "{ vhost: /, read: \"^a$\", topics: [ { exchange: ev, write: \"^\" } ] }", "grants.topics[0].write: \"^\" is wider than it looks")]
    [InlineData("rmq", "{ vhost: \"*\", read: \"^a$\" }", "grants.vhost: \"*\" is not the name of one virtual host")]
    [InlineData("rmq", "{ vhost: .., read: \"^a$\" }", "grants.vhost: \"..\" is not the name of one virtual host")]
    [InlineData("rmq", "{ vhost: /, read: \"^a$\", tags: [administrator] }", "grants.tags: A tag opens the management API")]
    [InlineData("rmq", "{ vhost: /, read: \"^a$\", tags: administrator, allowWide: \"no\" }", "grants.tags: A tag opens the management API")]
    [InlineData("rmq", "{ vhost: / }", "x.grants: Nothing is granted")]
    [InlineData("rmq", "{ vhost: /, configure: \"\", write: \"\", read: \"^$\" }", "x.grants: Nothing is granted")]
    [InlineData("rmq", "{ vhost: /, read: orders }", "\"orders\" is not anchored, so it would match every name that contains it. Write ^orders$")]
    [InlineData("rmq", "{ vhost: /, read: \"^a|b$\" }", "\"^a|b$\" is not anchored")]
    [InlineData("rmq", "{ vhost: /, read: \"^(a$\" }", "\"^(a$\" is not a regular expression")]
    [InlineData("rmq", "{ read: \"^a$\" }", "\"vhost\" is missing")]
    [InlineData("stream", "{ topics: [ { name: orders, operations: [read, describe] } ], groups: [ { name: jit-, pattern: prefixed } ] }", "")]
    [InlineData("stream", "{ topics: [ { name: \"*\", operations: [read] } ] }", "topics[0].name: \"*\" is every topic of the cluster, those to come included. Narrow it, or say why it must be so: allowWide: \"reason\".")]
    [InlineData("stream", "{ topics: [ { name: \"*\", operations: [read] } ], allowWide: \"the auditors' own copy\" }", "")]
    [InlineData("stream", "{ topics: [ { name: \"*\", pattern: prefixed, operations: [read] } ], allowWide: \"x\" }", "topics[0].name: \"*\" is no prefix")]
    [InlineData("stream", "{ topics: [ { name: \"\", pattern: prefixed, operations: [read] } ] }", "topics[0].name: An empty prefix is every topic of the cluster")]
    [InlineData("stream", "{ topics: [ { name: o, pattern: prefixed, operations: [read] } ] }", "topics[0].name: \"o\" is a prefix of fewer than 3 characters")]
    [InlineData("stream", "{ topics: [ { name: __consumer_offsets, operations: [read] } ] }", "topics[0].name: \"__consumer_offsets\" reaches Kafka's own topics")]
    [InlineData("stream", "{ topics: [ { name: _, pattern: prefixed, operations: [read] } ] }", "topics[0].name: \"_\" reaches Kafka's own topics")]
    [InlineData("stream", "{ topics: [ { name: \"or*\", operations: [read] } ] }", "topics[0].name: \"or*\" is not a Kafka name")]
    [InlineData("stream", "{ topics: [ { name: orders, operations: [all] } ] }", "topics[0].operations[0]: \"all\" is every operation, deleting and configuring included")]
    [InlineData("stream", "{ topics: [ { name: orders, operations: [alter_configs] } ] }", "topics[0].operations[0]: \"alter_configs\" can throw away what the topic holds")]
    [InlineData("stream", "{ topics: [ { name: orders, operations: [cluster_action] } ] }", "\"cluster_action\" is not one of read, write")]
    [InlineData("stream", "{ topics: [ { name: orders, operations: [all, read] } ], allowWide: \"they run it\" }", "")]
    [InlineData("stream", "{ groups: [ { name: \"*\" } ] }", "groups[0].name: \"*\" is every group of the cluster")]
    [InlineData("stream", "{ topics: [ { name: orders, operations: [read] } ], allowWide: \"\" }", "allowWide: \"\" is empty")]
    [InlineData("stream", "{}", "Nothing is granted")]
    [InlineData("aws", "{ role: \"arn:aws:iam::123456789012:role/jit/reader\", session: 1h, policyArns: [\"arn:aws:iam::aws:policy/ReadOnlyAccess\"] }", "")]
    [InlineData("aws", "{ role: \"arn:aws:iam::123456789012:role/jit/reader\", policy: { Version: \"2012-10-17\", Statement: [] } }", "")]
    [InlineData("aws", "{ role: \"arn:aws:iam::123456789012:role/*\" }", "is not the ARN of a role")]
    [InlineData("aws", "{ role: \"arn:aws:iam::123456789012:role/r\", session: 5m }", "\"5m\" is shorter than AWS allows (15m)")]
    [InlineData("aws", "{ role: \"arn:aws:iam::123456789012:role/r\", policy: \"{\" }", "The policy is not JSON")]
    [InlineData("tokens", "{ audience: a, claims: { team: [blue, 1, 2.5, true, null, { deep: x }], \"n\": \"1\" } }", "")]
    [InlineData("tokens", "{ audience: a, claims: { n: 123456789012345678901 } }", "is a number that JSON cannot carry exactly")]
    public void Grants_are_checked_by_the_kind_of_their_issuer(string issuer, string grants, string expected)
    {
        var result = Sample.Load(Sample.Yaml.Replace(
            "\nbundles:", $"\n  x: {{ issuer: {issuer}, grants: {grants}, eligible: [engineering], approval: auto }}\nbundles:", StringComparison.Ordinal));

        if (expected.Length == 0)
            Assert.Empty(result.Problems);
        else
            Assert.Contains(expected, string.Join('\n', result.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ vhost: /, read: \"^(orders|bills)$\", write: \"^ev$\", topics: [ { exchange: ev, write: \"^pay\\\\.\" } ] }", "")]
    [InlineData("{ vhost: /, read: \"^o[a-z]+$\" }", "grants.read: \"^o[a-z]+$\" cannot be said in a token")]
    [InlineData("{ vhost: /, read: \"^.*$\" }", "is wider than it looks")]
    [InlineData("{ vhost: /, write: \"^ev.*$\", topics: [ { exchange: ev, write: \"^pay\" } ] }", "A wildcard beside topic rights would take their limits away")]
    [InlineData("{ vhost: /, read: \"^a$\", connectionLimit: 5 }", "\"connectionLimit\" is not a key known here")]
    public void Grants_of_tokens_must_be_such_that_a_token_can_say_them(string grants, string expected)
    {
        var result = Sample.Load(Sample.Yaml.Replace("mode: user", "mode: jwt", StringComparison.Ordinal).Replace(
            "\nbundles:", $"\n  x: {{ issuer: rmq, grants: {grants}, eligible: [engineering], approval: auto }}\nbundles:", StringComparison.Ordinal));

        if (expected.Length == 0)
            Assert.Empty(result.Problems);
        else
            Assert.Contains(expected, string.Join('\n', result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_servers_do_not_take_each_others_tokens()
    {
        const string second = "  mq2: { kind: rabbitmq, management: \"https://mq2\", amqp: \"amqps://mq2\", user: jit, password: \"${file:mq}\", mode: jwt ADD }\n";
        var yaml = Sample.Yaml.Replace("mode: user", "mode: jwt", StringComparison.Ordinal);
        string With(string add) => string.Join('\n', Sample.Load(yaml.Replace("  door: ", second.Replace(" ADD", add, StringComparison.Ordinal) + "  door: ", StringComparison.Ordinal)).Problems);

        Assert.Contains("issuers.mq2.resourceServerId: \"rabbitmq\" is already taken by issuers.rmq", With(""), StringComparison.Ordinal);
        Assert.Equal("", With(", resourceServerId: mq2"));
        Assert.Contains("is already taken by issuers.rmq", string.Join('\n', Sample.Load(yaml.Replace("https://logs.example", "rabbitmq", StringComparison.Ordinal)).Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("kinesis:GetRecords", "arn:aws:kinesis:eu-west-1:1:stream/orders", "")]
    [InlineData("iam:GetRole", "arn:aws:iam::1:role/r", "")]
    [InlineData("*", "arn:aws:s3:::b/*", "The policy allows *, which is any service's")]
    [InlineData("s3:*", "arn:aws:s3:::b/*", "The policy allows s3:*, which is all that the service can do, giving access to others included")]
    [InlineData("*:Get*", "arn:aws:s3:::b/*", "The policy allows *:Get*, which is any service's")]
    [InlineData("iam:PutRolePolicy", "arn:aws:iam::1:role/r", "by which one makes access that outlasts the grant")]
    [InlineData("s3:GetObject", "*", "The policy allows it on *, which is any resource")]
    [InlineData("s3:GetObject", "arn:aws:s3:::*", "The policy allows it on arn:aws:s3:::*, which is any resource")]
    [InlineData("s3:GetObject", "arn:aws:*", "The policy allows it on arn:aws:*, which is any resource")]
    public void An_aws_grant_that_is_wider_than_it_looks_needs_a_reason(string action, string resource, string expected)
    {
        var grants = $"role: \"arn:aws:iam::123456789012:role/r\", policy: {{ Statement: [ {{ Effect: Allow, Action: \"{action}\", Resource: \"{resource}\" }} ] }}";

        Assert.Equal(expected.Length == 0, ProblemsOf($"{{ {grants} }}").Length == 0);
        Assert.Contains(expected, ProblemsOf($"{{ {grants} }}"), StringComparison.Ordinal);
        Assert.Empty(ProblemsOf($"{{ {grants}, allowWide: \"the support role of OPS-7, read in full\" }}"));
    }

    [Theory]
    [InlineData("{ role: \"arn:aws:iam::123456789012:role/OrdersAdmin\" }", "is by its name an administrator's role")]
    [InlineData("{ role: \"arn:aws:iam::123456789012:role/OrganizationAccountAccessRole\" }", "is by its name an administrator's role")]
    [InlineData("{ role: \"arn:aws:iam::123456789012:role/r\", policyArns: [\"arn:aws:iam::aws:policy/AdministratorAccess\"] }", "policyArns[0]: \"arn:aws:iam::aws:policy/AdministratorAccess\" is a policy for administrators")]
    [InlineData("{ role: \"arn:aws:iam::123456789012:role/r\", policyArns: [\"arn:aws:iam::aws:policy/AmazonKinesisFullAccess\"] }", "or for all of a service")]
    [InlineData("{ role: \"arn:aws:iam::123456789012:role/r\", policy: { Statement: [ { Effect: Allow, NotAction: \"iam:*\", Resource: \"arn:aws:s3:::b/*\" } ] } }", "all but what it names")]
    public void An_aws_role_or_policy_for_administrators_needs_a_reason(string grants, string expected)
    {
        Assert.Contains(expected, ProblemsOf(grants), StringComparison.Ordinal);
        Assert.Empty(ProblemsOf(grants.Replace("{ role", "{ allowWide: \"as decided in OPS-7\", role", StringComparison.Ordinal)));
        Assert.Contains("allowWide: \"\" is empty", ProblemsOf(grants.Replace("{ role", "{ allowWide: \"\", role", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    /// <summary>No reason makes these good.</summary>
    [Theory]
    [InlineData("role: \"arn:aws:iam::123456789012:role/aws-service-role/x/y\"", "is a role of AWS's own")]
    [InlineData("role: \"arn:aws:iam::123456789012:role/r\", policy: { Version: \"2008-10-17\", Statement: [] }", "of another version than 2012-10-17")]
    [InlineData("role: \"arn:aws:iam::123456789012:role/r\", policy: { Statement: [ { Effect: Allow, Principal: \"*\", Action: \"a:b\", Resource: r } ] }", "has a Principal")]
    [InlineData("role: \"arn:aws:iam::123456789012:role/r\", policy: { Statement: [ { Effect: allow, Action: \"a:b\", Resource: r } ] }", "has no Effect Allow or Deny")]
    [InlineData("role: \"arn:aws:iam::123456789012:role/r\", policy: { Statement: [ { Effect: Allow, action: \"a:b\", Resource: r } ] }", "has a part \"action\"")]
    [InlineData("role: \"arn:aws:iam::123456789012:role/r\", policy: '{\"Statement\":[],\"Statement\":[]}'", "The policy is not JSON")]
    public void An_aws_policy_that_AWS_or_the_broker_would_not_understand_is_refused(string grants, string expected) =>
        Assert.Contains(expected, ProblemsOf($"{{ {grants}, allowWide: \"because\" }}"), StringComparison.Ordinal);

    [Theory]
    [InlineData("http://10.0.0.1:5000", "is plain http, and its answers hold secrets")]
    [InlineData("https://sts.example.com/path", "has a path or a query")]
    [InlineData("http://127.0.0.1:5000", "")]
    public void An_address_of_AWS_is_https_or_on_this_machine(string address, string expected) =>
        Assert.Contains(expected, string.Join('\n', Sample.Load(Sample.Yaml.Replace("stsEndpoint: \"\"", $"stsEndpoint: \"{address}\"", StringComparison.Ordinal)).Problems), StringComparison.Ordinal);

    private static string ProblemsOf(string awsGrants) => string.Join('\n', Sample.Load(Sample.Yaml.Replace(
        "\nbundles:", $"\n  x: {{ issuer: aws, grants: {awsGrants}, eligible: [engineering], approval: auto }}\nbundles:", StringComparison.Ordinal)).Problems);

    [Theory]
    [InlineData("\0", 1, 1)]
    [InlineData("people: []\ngroups:\0 {}\nentitlements: {}\n", 2, 8)]
    public void A_file_with_a_NUL_is_damaged_and_never_read_up_to_it(string yaml, int line, int column)
    {
        var problem = Assert.Single(Sample.Load(yaml).Problems);

        Assert.Equal((line, column), (problem.Line, problem.Column));
        Assert.Contains("NUL", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_audience_belongs_to_one_issuer()
    {
        const string Two = "issuers: { a: { kind: jwt }, b: { kind: jwt } }\ngroups: { g: { members: [x@y.z] } }\nentitlements:\n"
            + "  one: { issuer: a, grants: { audience: \"https://t.example\" }, eligible: [g], approval: auto }\n"
            + "  two: { issuer: a, grants: { audience: \"https://t.example\" }, eligible: [g], approval: auto }\n"
            + "  three: { issuer: b, grants: { audience: \"https://T.example/\" }, eligible: [g], approval: auto }\n";

        Assert.Equal(
            "catalog.yaml:6:43 entitlements.three.grants.audience: \"https://T.example/\" is already taken by a. Each issuer's audiences are its own: name another.",
            Assert.Single(Sample.Load(Two).Problems).ToString());
    }

    /// <summary>Without an audience of its own an issuer's tokens are for its name.</summary>
    [Theory]
    [InlineData("stream", "", "is already taken by issuers.stream")]
    [InlineData("kafka-prod", ", audience: kafka-prod", "is already taken by issuers.stream")]
    [InlineData("elsewhere", ", audience: \"http://127.0.0.1:8080/\"", "is the broker's own address")]
    [InlineData("elsewhere", ", audience: kafka-prod", "")]
    public void A_token_for_a_Kafka_cluster_is_for_nothing_else(string taken, string audience, string expected)
    {
        var result = Sample.Load(Sample.Yaml.Replace("mode: scram }", $"mode: jwt{audience} }}", StringComparison.Ordinal).Replace("https://logs.example", taken, StringComparison.Ordinal));

        if (expected.Length == 0)
            Assert.Empty(result.Problems);
        else
            Assert.Contains(expected, Assert.Single(result.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_is_told_at_once_in_the_order_of_the_file()
    {
        var result = Sample.Load(Sample.Yaml.Replace("max: 8h", "max: 13h", StringComparison.Ordinal)
            .Replace("alg: RS256", "alg: HS256", StringComparison.Ordinal).Replace("leases: 3", "leases: many", StringComparison.Ordinal));

        Assert.Equal(["issuers.tokens.alg", "entitlements.orders-db:read.duration.max", "entitlements.orders-db:read.leases"], result.Problems.Select(p => p.Path));
    }

    [Fact]
    public void A_problem_prints_as_one_line_with_place_value_and_remedy() =>
        Assert.Equal(
            "catalog.yaml:26:44 entitlements.orders-db:read.duration.max: \"13h\" is above Broker:MaxDuration (12h). Lower it, or raise Broker:MaxDuration.",
            Assert.Single(Sample.Load(Sample.Yaml.Replace("max: 8h", "max: 13h", StringComparison.Ordinal)).Problems).ToString());

    public static TheoryData<string, string> Bombs => new()
    {
        { "a: &a [x,x,x,x,x,x,x,x,x]\n" + string.Concat("bcdefghi".Select((c, i) => $"{c}: &{c} [{string.Join(',', Enumerable.Repeat("*" + "abcdefgh"[i], 9))}]\n")), "grow beyond all bounds" },
        { "a: &a [*a]", "not complete before it" },
        { new string('[', 100_000), "nested too deeply" },
        { string.Concat(Enumerable.Repeat("{a: ", 50_000)), "nested too deeply" },
        { "a: *nobody", "not complete before it" },
        { "a: !evil x", "Tags of one's own" },
        { "a: 1\n---\nb: 2", "A second document" },
        { "? [a, b]\n: c", "A key must be a word" },
        { "a: \"\\uD800\"", "" },
        { "a: 'open", "This is not YAML" },
        { "a: }", "This is not YAML" },
        { "just text", "A catalog is a map" },
        { "- a", "A catalog is a map" },
        { "people: 5", "is not a list of people" },
        { "groups: [a]", "is not a map of names" },
        { "entitlements: { x: }", "is not an entitlement" },
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void Hostile_YAML_is_one_plain_problem(string yaml, string expected)
    {
        var result = Sample.Load(yaml);

        Assert.Null(result.Snapshot);
        Assert.Contains(expected, string.Join('\n', result.Problems), StringComparison.Ordinal);
    }
}
