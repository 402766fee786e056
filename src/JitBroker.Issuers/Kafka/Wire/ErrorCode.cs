namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>Kafka's error codes, as far as these calls can meet them (protocol guide, "Error Codes"). Others keep their number.</summary>
internal enum ErrorCode : short
{
    UnknownServerError = -1,
    None = 0,
    UnknownTopicOrPartition = 3,
    LeaderNotAvailable = 5,
    RequestTimedOut = 7,
    BrokerNotAvailable = 8,
    NetworkException = 13,
    CoordinatorLoadInProgress = 14,
    CoordinatorNotAvailable = 15,
    TopicAuthorizationFailed = 29,
    GroupAuthorizationFailed = 30,
    ClusterAuthorizationFailed = 31,
    UnsupportedSaslMechanism = 33,
    IllegalSaslState = 34,
    UnsupportedVersion = 35,
    NotController = 41,
    InvalidRequest = 42,
    SecurityDisabled = 54,
    SaslAuthenticationFailed = 58,
    ThrottlingQuotaExceeded = 89,
    ResourceNotFound = 91,
    DuplicateResource = 92,
    UnacceptableCredential = 93,
}
