namespace JitBroker.Issuers.Kafka.Wire;

/// <summary>What a right is about (org.apache.kafka.common.resource.ResourceType).</summary>
internal enum ResourceType : sbyte
{
    Any = 1,
    Topic = 2,
    Group = 3,
    Cluster = 4,
    TransactionalId = 5,
}

/// <summary>How its name is meant (PatternType).</summary>
internal enum PatternType : sbyte
{
    Any = 1,
    Literal = 3,
    Prefixed = 4,
}

/// <summary>What may be done (AclOperation).</summary>
internal enum AclOperation : sbyte
{
    Any = 1,
    All = 2,
    Read = 3,
    Write = 4,
    Create = 5,
    Delete = 6,
    Alter = 7,
    Describe = 8,
    DescribeConfigs = 10,
    AlterConfigs = 11,
}

/// <summary>AclPermissionType.</summary>
internal enum AclPermission : sbyte
{
    Any = 1,
    Deny = 2,
    Allow = 3,
}

/// <summary>One right of one principal.</summary>
internal sealed record AclBinding(ResourceType Type, string Name, PatternType Pattern, string Principal, string Host, AclOperation Operation, AclPermission Permission);

/// <summary>Which rights: of one principal, or everybody's where it is null. All else is any.</summary>
internal sealed record AclFilter(string? Principal)
{
    public void Write(WireWriter writer)
    {
        writer.Int8((sbyte)ResourceType.Any);
        writer.String(null);
        writer.Int8((sbyte)PatternType.Any);
        writer.String(Principal);
        writer.String(null);
        writer.Int8((sbyte)AclOperation.Any);
        writer.Int8((sbyte)AclPermission.Any);
    }
}
