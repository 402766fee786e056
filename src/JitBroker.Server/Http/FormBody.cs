using System.Text;
using JitBroker.Client;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace JitBroker.Server.Http;

/// <summary>A form of the OAuth endpoints. A parameter that is sent twice counts as malformed (RFC 6749 §3.2).</summary>
internal sealed class FormBody
{
    private readonly Dictionary<string, StringValues> _fields;

    private FormBody(Dictionary<string, StringValues> fields) => _fields = fields;

    /// <summary>Null when it was not sent.</summary>
    public string? this[string name] => _fields.TryGetValue(name, out var values) && values.Count == 1 ? values[0] : null;

    /// <exception cref="ProblemException">415, 413 or 400.</exception>
    public static async Task<FormBody> ReadAsync(HttpContext context)
    {
        var isForm = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type)
            && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);
        if (!isForm)
            throw new ProblemException(Problems.Of(415, Policy.Codes.InvalidRequest, "The body must be application/x-www-form-urlencoded."));
        var bytes = await JsonBodies.ReadBytesAsync(context);
        try
        {
            using var reader = new FormReader(Encoding.UTF8.GetString(bytes)) { ValueCountLimit = 50, KeyLengthLimit = 200, ValueLengthLimit = JsonBodies.Largest };
            return new FormBody(reader.ReadForm());
        }
        catch (InvalidDataException)
        {
            throw new ProblemException(Problems.Invalid("The form cannot be read."));
        }
    }

    /// <summary>What is wrong with any form of these endpoints, or null.</summary>
    public IResult? Fault(string clientId)
    {
        if (_fields.FirstOrDefault(f => f.Value.Count > 1).Key is not null)
            return Error("invalid_request", "A parameter was sent twice.");
        return this["client_id"] == clientId ? null : Error("invalid_client", $"client_id is {clientId}.");
    }

    /// <summary>RFC 6749 §5.2.</summary>
    public static IResult Error(string error, string description) =>
        Answer.Of(400, new OAuthError { Error = error, Description = description });
}
