using System.Globalization;
using System.Text.Json.Nodes;
using JitBroker.Client;
using JitBroker.Server.Settings;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace JitBroker.Server.Http.Documents;

/// <summary>The OpenAPI document: what routes and records do not say by themselves.</summary>
internal static class OpenApiDocs
{
    private const string Session = "session";
    private const string Introspector = "introspector";

    public static IServiceCollection AddOpenApiDocs(this IServiceCollection services) => services
        .ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, WireContext.Default);
            options.SerializerOptions.NumberHandling = Wire.Strict.NumberHandling;
        })
        .AddOpenApi("v1", options =>
        {
            options.AddDocumentTransformer((document, context, _) => Head(document, context.ApplicationServices.GetRequiredService<BrokerSettings>().Broker.PublicUrl));
            options.AddOperationTransformer(OperationAsync);
            options.AddSchemaTransformer((schema, context, _) => Words(schema, context.JsonTypeInfo.Type));
        });

    private static Task Head(OpenApiDocument document, Uri publicUrl)
    {
        document.Servers = [new OpenApiServer { Url = publicUrl.AbsoluteUri.TrimEnd('/') }];
        document.Info = new OpenApiInfo
        {
            Title = "JitBroker",
            Version = "v1",
            Description = "Just-in-time access. Ids are ULIDs; times are UTC; durations are written PT1H30M and read as that or as 1h30m. Errors are problem details with a stable code.",
        };
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [Session] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A session's token, from the device flow." },
            [Introspector] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "basic", Description = "An introspector that the catalog names." },
        };
        return Task.CompletedTask;
    }

    private static async Task OperationAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var doc = context.Description.ActionDescriptor.EndpointMetadata.OfType<CallDoc>().LastOrDefault() ?? new CallDoc();
        if (doc.Auth != CallAuth.None)
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(doc.Auth == CallAuth.Session ? Session : Introspector, context.Document)] = [] }];
        operation.Parameters ??= [];
        if (doc.IsIdempotent)
            operation.Parameters.Add(Parameter(Idempotent.Header, ParameterLocation.Header, "1 to 128 visible ASCII characters; the same key and body get the stored answer for 24 hours."));
        foreach (var filter in doc.Filters is null ? [] : doc.Filters.Append("cursor").Append("limit"))
            operation.Parameters.Add(Parameter(filter, ParameterLocation.Query, FilterText(filter)));
        foreach (var name in doc.Query)
            operation.Parameters.Add(Parameter(name, ParameterLocation.Query, FilterText(name)));
        if (doc.FormFields is { } fields)
            operation.RequestBody = Form(fields);
        operation.Responses ??= [];
        if (doc.Or is { } other)
            await AddShapeAsync(operation.Responses, other.Status.ToString(CultureInfo.InvariantCulture), other.Type, context, cancellationToken);
        var problem = await ReferenceAsync(typeof(Problem), context, cancellationToken);
        foreach (var (status, text) in Failures(doc, context.Description.RelativePath ?? "", context.Description.HttpMethod ?? ""))
            operation.Responses.TryAdd(status, new OpenApiResponse
            {
                Description = text,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [Problems.ContentType] = new OpenApiMediaType { Schema = problem } },
            });
    }

    private static async Task AddShapeAsync(OpenApiResponses responses, string status, Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var content = responses[status].Content!["application/json"];
        content.Schema = new OpenApiSchema { OneOf = [content.Schema!, await ReferenceAsync(type, context, cancellationToken)] };
    }

    private static async Task<IOpenApiSchema> ReferenceAsync(Type type, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var schema = await context.GetOrCreateSchemaAsync(type, null, cancellationToken);
        context.Document!.AddComponent(type.Name, schema);
        return new OpenApiSchemaReference(type.Name, context.Document);
    }

    private static IEnumerable<(string Status, string Text)> Failures(CallDoc doc, string path, string method)
    {
        var isPost = method == HttpMethod.Post.Method;
        yield return ("500", "internal_error, with a ref that is also in the log");
        yield return ("503", "unavailable, issuer_unavailable; Retry-After");
        if (doc.Auth == CallAuth.Session || isPost)
            yield return ("429", "rate_limited; Retry-After");
        if (isPost)
        {
            yield return ("400", "invalid_request");
            yield return ("413", "too_large");
            yield return ("415", "invalid_request");
        }

        if (doc.Filters is not null || doc.Query.Count > 0)
            yield return ("400", "invalid_request");
        if (doc.Auth != CallAuth.None)
            yield return ("401", "unauthenticated; WWW-Authenticate");
        if (doc.Auth != CallAuth.Session)
            yield break;
        yield return ("403", "not_eligible, own_request, not_an_approver, not_the_holder, own_grant, inactive, scope_needed, forbidden");
        if (path.Contains('{', StringComparison.Ordinal))
            yield return ("404", "not_found");
        if (!isPost)
            yield break;
        yield return ("409", "already_settled with settledBy and state, already_decided, already_open with id, grant_not_active, grant_ended, lease_limit, not_stuck with state, in_progress");
        yield return ("422", "unknown_entitlement, invalid_duration, duration_too_long, wider_than_asked, reason_required, reason_pattern, nobody_can_approve, invalid_value, idempotency_key_reused");
        if (path.EndsWith("credentials", StringComparison.Ordinal))
            yield return ("502", "issuer_refused");
    }

    private static OpenApiRequestBody Form(IReadOnlyList<string> fields) => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/x-www-form-urlencoded"] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = fields.ToDictionary(f => f, _ => (IOpenApiSchema)new OpenApiSchema { Type = JsonSchemaType.String }, StringComparer.Ordinal),
                },
            },
        },
    };

    private static OpenApiParameter Parameter(string name, ParameterLocation place, string text) => new()
    {
        Name = name,
        In = place,
        Description = text,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static string FilterText(string filter) => filter switch
    {
        "state" => "Only in this state.",
        "mine" => "true: only your own.",
        "awaiting" => "me: only those you may decide now.",
        "person" => "Only those this person (e-mail) holds.",
        "after" => "Only events after this sequence number.",
        "actor" => "Only what this person (e-mail) did.",
        "about" => "Only what is about this request, or about what has this id.",
        "format" => "jsonl (the default; can be verified) or csv (for reading).",
        "from" or "to" => "A sequence number or an instant, included.",
        "cursor" => "From next of the page before, with the same filters.",
        _ => "1 to 200; 50 unless given.",
    };

    /// <summary>Our converters hide the shape of what they write from the schema's maker.</summary>
    private static Task Words(OpenApiSchema schema, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        var orNull = plain == type ? (JsonSchemaType)0 : JsonSchemaType.Null;
        if (plain.IsEnum)
        {
            schema.Type = JsonSchemaType.String | orNull;
            schema.Enum = [.. WordsOf(plain).Select(w => (JsonNode)JsonValue.Create(w))];
        }
        else if (plain == typeof(TimeSpan))
        {
            (schema.Type, schema.Format, schema.Pattern) = (JsonSchemaType.String | orNull, "duration", null);
        }
        else if (plain == typeof(DateTimeOffset))
        {
            (schema.Type, schema.Format) = (JsonSchemaType.String | orNull, "date-time");
        }

        return Task.CompletedTask;
    }

    private static IEnumerable<string> WordsOf(Type type) =>
        (IReadOnlyList<string>)typeof(WireWords).GetMethod(nameof(WireWords.All))!.MakeGenericMethod(type).Invoke(null, null)!;
}
