namespace JitBroker.Bots.Teams;

/// <summary>What a card stays within, whatever it was given. Teams refuses activities somewhere above 28 kB; what it says of itself is 25 kB (chat-wire B4).</summary>
internal static class CardLimits
{
    /// <summary>Of a card's JSON, in bytes: what is left of 25 kB without the activity around it.</summary>
    public const int Card = 22_000;

    public const int Text = 3000;
    public const int ButtonTitle = 75;

    /// <summary>Of what a button sends back.</summary>
    public const int Key = 200;

    /// <summary>Accounts that fetch their own view by themselves (chat-wire B6); others open the card's menu.</summary>
    public const int RefreshFor = 60;

    public const int Url = 2000;
    public const int Summary = 300;
    public const int Placeholder = 150;
    public const int Label = 200;
    public const int ChoiceTitle = 150;

    /// <summary>Of one field's fault.</summary>
    public const int Fault = 500;
}
