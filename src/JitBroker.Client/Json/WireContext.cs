using System.Text.Json;
using System.Text.Json.Serialization;

namespace JitBroker.Client;

/// <summary>Source-generated JSON for every record of the API.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    NumberHandling = JsonNumberHandling.Strict,
    PropertyNameCaseInsensitive = false,
    Converters = [typeof(InstantConverter), typeof(DurationConverter)])]
[JsonSerializable(typeof(RequestResource))]
[JsonSerializable(typeof(Page<RequestResource>))]
[JsonSerializable(typeof(GrantResource))]
[JsonSerializable(typeof(Page<GrantResource>))]
[JsonSerializable(typeof(EntitlementResource))]
[JsonSerializable(typeof(Page<EntitlementResource>))]
[JsonSerializable(typeof(Page<JsonElement>))]
[JsonSerializable(typeof(WhyResource))]
[JsonSerializable(typeof(DryRunResource))]
[JsonSerializable(typeof(BundleResource))]
[JsonSerializable(typeof(MeResource))]
[JsonSerializable(typeof(CatalogCheckResource))]
[JsonSerializable(typeof(CatalogDiffResource))]
[JsonSerializable(typeof(CatalogResource))]
[JsonSerializable(typeof(CatalogAcceptedResource))]
[JsonSerializable(typeof(HealthResource))]
[JsonSerializable(typeof(CheckpointResource))]
[JsonSerializable(typeof(LeaseDetailResource))]
[JsonSerializable(typeof(Page<LeaseDetailResource>))]
[JsonSerializable(typeof(LinkedIdentityResource))]
[JsonSerializable(typeof(Page<LinkedIdentityResource>))]
[JsonSerializable(typeof(LinkResource))]
[JsonSerializable(typeof(LinkBody))]
[JsonSerializable(typeof(LinkAnswerBody))]
[JsonSerializable(typeof(UnlinkBody))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(CredentialEnvelope))]
[JsonSerializable(typeof(JwtCredential))]
[JsonSerializable(typeof(PostgresCredential))]
[JsonSerializable(typeof(AwsStsCredential))]
[JsonSerializable(typeof(RabbitMqCredential))]
[JsonSerializable(typeof(KafkaCredential))]
[JsonSerializable(typeof(HttpCredential))]
[JsonSerializable(typeof(SubmitBody))]
[JsonSerializable(typeof(DecideBody))]
[JsonSerializable(typeof(EndBody))]
[JsonSerializable(typeof(ExtendBody))]
[JsonSerializable(typeof(ReviewBody))]
[JsonSerializable(typeof(LeaseBody))]
[JsonSerializable(typeof(CatalogCheckBody))]
[JsonSerializable(typeof(CatalogDiffBody))]
[JsonSerializable(typeof(CatalogAcceptBody))]
[JsonSerializable(typeof(DeviceAuthorization))]
[JsonSerializable(typeof(TokenReply))]
[JsonSerializable(typeof(OAuthError))]
[JsonSerializable(typeof(IntrospectionReply))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class WireContext : JsonSerializerContext;
