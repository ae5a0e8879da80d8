using System.Text.Json;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>
/// A call on its way in: its address, key and body, and everything that is wrong with any of them. The body lives until this is disposed.
/// </summary>
internal sealed class ApiRequest : IDisposable
{
    private const string KeyHeader = "Idempotency-Key";

    private readonly RequestBody? _body;

    private ApiRequest(HttpContext http, RequestBody? body)
    {
        (Http, _body) = (http, body);
        Queue = Route("queue", name => Names.IsQueue(name), Names.QueueRule) ?? "";
        Key = HttpMethods.IsPost(http.Request.Method) ? ReadKey() : null;
    }

    /// <summary>The call.</summary>
    public HttpContext Http { get; }

    /// <summary>What is wrong so far.</summary>
    public RequestErrors Errors { get; } = new();

    /// <summary>The queue named by the address; empty where the address names none.</summary>
    public string Queue { get; }

    /// <summary>The caller's name for this request, if it is a POST and has one.</summary>
    public IdempotencyKey? Key { get; }

    /// <summary>A call without a body, or whose body is of no interest.</summary>
    public static ApiRequest WithoutBody(HttpContext http) => new(http, body: null);

    /// <summary>A call with its body.</summary>
    /// <exception cref="RequestRefusedException">The body is too long, or not JSON.</exception>
    public static async ValueTask<ApiRequest> ReadAsync(HttpContext http, int mostBytes = RequestLimits.BodyBytes)
        => new(http, await RequestBody.ReadAsync(http.Request, mostBytes));

    /// <summary>The body; null when there is none.</summary>
    public JsonElement? Body => _body?.Root;

    /// <summary>The body's fields; a call without a body has none.</summary>
    public FieldReader Fields() => new(_body?.Root, "", Errors);

    /// <summary>The address's parameters.</summary>
    public QueryReader Query() => new(Http.Request.Query, Errors);

    /// <summary>An id that the address names.</summary>
    public string Id(string name = "id") => Route(name, id => Names.IsId(id), Names.IdRule) ?? "";

    /// <summary>The name of a schedule or a route, which the address names.</summary>
    public string Name() => Route(Routes.NameValue, name => Names.IsName(name), Names.NameRule) ?? "";

    /// <summary>Refuses the call if anything is wrong with it.</summary>
    /// <exception cref="RequestRefusedException"/>
    public void ThrowIfBad() => Errors.ThrowIfAny();

    public void Dispose() => _body?.Dispose();

    private string? Route(string name, Func<string, bool> isRight, string rule)
    {
        if (Http.GetRouteValue(name) is not string value) return null;
        if (isRight(value)) return value;
        Errors.Add(name, rule);
        return null;
    }

    private IdempotencyKey? ReadKey()
    {
        if (!Http.Request.Headers.TryGetValue(KeyHeader, out var values)) return null;
        if (values is [{ Length: >= 1 and <= RequestLimits.IdempotencyKeyLength } key] && key.All(character => character is >= ' ' and <= '~'))
            return new IdempotencyKey(key, Fingerprint.Of(Http.Request.Method, Http.Request.Path.Value ?? "", _body is null ? [] : _body.Utf8));
        Errors.Add(KeyHeader, $"must be one value of 1 to {RequestLimits.IdempotencyKeyLength} printable ASCII characters");
        return null;
    }
}
