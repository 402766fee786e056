namespace JitBroker.Bots.Teams;

/// <summary>Who works on what.</summary>
internal sealed class TeamsActing(TeamsPresses presses, TeamsDialogs dialogs, TeamsCommands commands) : ITeamsActing
{
    public async Task<TeamsAnswer> InvokeAsync(TeamsActivity activity, CancellationToken cancellationToken) => activity.Name switch
    {
        TeamsInvokes.Press => await presses.AnswerAsync(activity, cancellationToken),
        TeamsInvokes.Open => await dialogs.OpenAsync(activity, cancellationToken),
        TeamsInvokes.OpenExtension => await dialogs.OpenExtensionAsync(activity, cancellationToken),
        TeamsInvokes.Submit or TeamsInvokes.SubmitExtension => await dialogs.SendAsync(activity, cancellationToken),
        _ => new TeamsAnswer(501, null),
    };

    public Task MessageAsync(TeamsActivity activity, CancellationToken cancellationToken) =>
        activity.IsSubmit ? presses.TellAsync(activity, cancellationToken) : commands.HandleAsync(activity, cancellationToken);
}
