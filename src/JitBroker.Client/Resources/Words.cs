using System.Text.Json.Serialization;

namespace JitBroker.Client;

// Each first member is what a word reads as that this build does not know; it is never written.

/// <summary>What a request asks for.</summary>
[JsonConverter(typeof(WireWordConverter<RequestKind>))]
public enum RequestKind { Unknown, Access, Extension, BreakGlass }

/// <summary>pending → approved | denied | cancelled | lapsed.</summary>
[JsonConverter(typeof(WireWordConverter<RequestState>))]
public enum RequestState { Unknown, Pending, Approved, Denied, Cancelled, Lapsed }

/// <summary>scheduled → active → ending → ended.</summary>
[JsonConverter(typeof(WireWordConverter<GrantState>))]
public enum GrantState { Unknown, Scheduled, Active, Ending, Ended }

/// <summary>How a grant came to its end: by its clock, by its holder, by somebody else.</summary>
[JsonConverter(typeof(WireWordConverter<GrantEnd>))]
public enum GrantEnd { Unknown, Expired, Released, Revoked }

/// <summary>minting → active → revoking → revoked.</summary>
[JsonConverter(typeof(WireWordConverter<LeaseState>))]
public enum LeaseState { Unknown, Minting, Active, Revoking, Revoked }

/// <summary>Where the review of a break-glass grant stands.</summary>
[JsonConverter(typeof(WireWordConverter<ReviewState>))]
public enum ReviewState { Unknown, Due, Overdue, Done }

/// <summary>What an approver said. Strict: a body with any other word is refused.</summary>
[JsonConverter(typeof(WireWordConverter<Verdict>))]
public enum Verdict { Approve, Deny }

/// <summary>What a reviewer of break-glass access found. Strict: a body with any other word is refused.</summary>
[JsonConverter(typeof(WireWordConverter<ReviewVerdict>))]
public enum ReviewVerdict { Justified, Misuse, PolicyGap }

/// <summary>Where a person acted.</summary>
[JsonConverter(typeof(WireWordConverter<Surface>))]
public enum Surface { Unknown, Slack, Teams, Api, Cli, Web }

/// <summary>Who keeps the time of a credential: the target's own clock, or the broker alone.</summary>
[JsonConverter(typeof(WireWordConverter<RevocationBound>))]
public enum RevocationBound { Unknown, Target, Broker }

/// <summary>What an early end can do at the target: cut at once, cut within a stated time, or only wait for the expiry.</summary>
[JsonConverter(typeof(WireWordConverter<EarlyEnd>))]
public enum EarlyEnd { Unknown, Immediate, Eventual, AtExpiry }

/// <summary>How much harm an entitlement can do.</summary>
[JsonConverter(typeof(WireWordConverter<Risk>))]
public enum Risk { Unknown, Low, Medium, High }

/// <summary>What a session may do: ask, collect and end; or decide, review, link and read the audit as well.</summary>
[JsonConverter(typeof(WireWordConverter<SessionScope>))]
public enum SessionScope { Unknown, Ask, Decide }
