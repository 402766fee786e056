using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace JitBroker.Client;

/// <summary>The two ways of reading the API's JSON. Both write the same: camelCase, nulls written, letters of every script unescaped.</summary>
public static class Wire
{
    /// <summary>
    /// For the server: bodies with an unknown, a duplicate or a missing member, or a null where none may be, are a <see cref="JsonException"/>; replies are
    /// written by the same options.
    /// </summary>
    public static JsonSerializerOptions Strict { get; } = Options(strict: true);

    /// <summary>For the client: members that are missing where null is allowed, or that are new, do no harm.</summary>
    public static JsonSerializerOptions Tolerant { get; } = Options(strict: false);

    /// <summary>How the client reads and writes a <typeparamref name="T"/>.</summary>
    internal static JsonTypeInfo<T> Type<T>() => (JsonTypeInfo<T>)Tolerant.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Options(bool strict)
    {
        // From the generated context's own options, so that naming and converters are said in one place.
        var options = new JsonSerializerOptions(WireContext.Default.Options)
        {
            Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
            RespectNullableAnnotations = strict,
            RespectRequiredConstructorParameters = strict,
            AllowDuplicateProperties = !strict,
            TypeInfoResolver = strict ? WireContext.Default : WireContext.Default.WithAddedModifier(MissingIsNull),
        };
        return options;
    }

    private static void MissingIsNull(JsonTypeInfo type)
    {
        foreach (var member in type.Properties.Where(member => !member.PropertyType.IsValueType ? member.IsSetNullable : Nullable.GetUnderlyingType(member.PropertyType) is not null))
            member.IsRequired = false;
    }
}
