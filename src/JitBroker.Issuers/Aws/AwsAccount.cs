using JitBroker.Issuing;

namespace JitBroker.Issuers.Aws;

/// <summary>The account that a role is in, opened with the broker's own keys.</summary>
internal sealed class AwsAccount(AwsNet net, SecretLookup secrets, TimeProvider clock)
{
    /// <param name="way">As a row of <c>aws_roles</c> keeps it: an <see cref="AwsWay"/> with its role.</param>
    public Task<(RoleArn Role, IamCalls Iam)> OpenAsync(string way, CancellationToken cancellationToken) =>
        AwsTerms.Parse(way) is { } read && AwsWay.TryRead(read, out var to, out _) && AwsTerms.Text(read["role"]) is { } arn && RoleArn.Read(arn) is { } role
            ? OpenAsync(to, role, cancellationToken)
            : throw new ClosedAccountException("The row of the role in aws_roles cannot be read.");

    /// <exception cref="ClosedAccountException">The keys cannot be had, or belong to another account: IAM would then act on another role of that name.</exception>
    public async Task<(RoleArn Role, IamCalls Iam)> OpenAsync(AwsWay way, RoleArn role, CancellationToken cancellationToken)
    {
        if (!AwsKeys.TryFind(secrets, way, out var keys, out var problem))
            throw new ClosedAccountException($"The broker's keys for {role} cannot be had: {problem} Put them back where they were until all sessions of the role have ended.");
        var account = await new StsCalls(net, way, keys).AccountAsync(cancellationToken);
        return account == role.Account
            ? (role, new IamCalls(net, way, keys, clock))
            : throw new ClosedAccountException($"The broker's user is in account {account}, and {role} is not. Put the user's keys back that the role was assumed with.");
    }
}

/// <summary>The broker has no way into the account. The message is for people and holds no secret.</summary>
internal sealed class ClosedAccountException(string message) : Exception(message);
