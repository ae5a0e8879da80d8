using System.Text;
using System.Text.Json;

namespace TaskPlatform.Tests.Api.Mutation;

/// <summary>Makes requests from the document: valid ones, and from those odd ones. Seed and number decide what a request is like.</summary>
/// <param name="document">The OpenAPI document.</param>
/// <param name="names">Names that calls share.</param>
/// <param name="seed">The run.</param>
internal sealed class RequestGenerator(JsonElement document, Vocabulary names, int seed)
{
    private static readonly string[] OddParts =
    [
        "..", ".", "%2e%2e", "a%2Fb", "a%252Fb", "%5C", "UPPER", "%C3%A4", "%F0%9F%98%80", "%FF", "a%0Ab", "a%00b", " ", "%20", ";x=1", "*", "~", "{id}", "", "null", "-", "a,b", "a|b", "0",
    ];

    private static readonly string[] OddQueries =
    [
        "waitSeconds=-1", "waitSeconds=1e999", "waitSeconds=NaN", "waitSeconds=", "waitSeconds=0&waitSeconds=0", "limit=0", "limit=99999999999999999999", "limit=1.5", "cursor=%00", "cursor=AAAA",
        "cursor=..", "state=nope", "state=", "label=", "label==", "label=a=b=c", "unknown=1", "%00=1", "&&&", "=", "type=%FF", "a[]=1", "state=pending&state=failed", "agentId=%20",
    ];

    private static readonly (string Name, string Value)[] OddHeaders =
    [
        ("Idempotency-Key", ""), ("Idempotency-Key", "k"), ("Last-Event-ID", "0-0-0"), ("Last-Event-ID", "nonsense"), ("Last-Event-ID", "99999999999999999999-1-1"),
        ("traceparent", "00-zz-zz-00"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), ("tracestate", ",,,="), ("Accept", "text/html;q=x"), ("Accept", ""),
        ("Range", "bytes=0-1"), ("If-Match", "*"), ("If-Modified-Since", "never"), ("Content-Encoding", "gzip"), ("X-Forwarded-For", "::"), ("X-HTTP-Method-Override", "DELETE"), ("Cookie", ";;;=;"),
        ("Expect", "something"), ("Prefer", "wait=99"), ("Accept-Encoding", "br;q=2"), ("Origin", "null"), ("Upgrade", "h2c"), ("baggage", "a=b,,=c"),
    ];

    private static readonly string[] OddTypes = ["text/plain", "application/json; charset=utf-16", "application/xml", "application/json;", "", "json", "application/json; charset=\"UTF-8\"", "*/*"];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get", "X"];

    private readonly IReadOnlyList<DocumentedCall> _calls = DocumentedCall.ReadAll(document);

    private readonly IReadOnlyList<DocumentedCall> _makers = [.. DocumentedCall.ReadAll(document).Where(call => call.Id is "submitTask" or "submitGraph" or "claimTasks")];

    /// <summary>Requests of which half are as the document says, save for one thing or two in the body.</summary>
    public MutatedRequest Make(int number)
    {
        var random = new Random(unchecked((seed * 1_000_003) ^ number));
        // Without enough tasks that are there and leased, most calls would end before they begin.
        var call = Vocabulary.Pick(random.Next(3) == 0 ? _makers : _calls, random);
        var grant = call.IsLeased && random.Next(5) > 0 ? names.AnyGrant(random) : null;
        var (path, pathIsOdd) = Path(call, number, grant, random);
        var method = random.Next(40) == 0 ? Vocabulary.Pick(Methods, random) : call.Method;
        var body = Body(call, number, grant, random);
        return new MutatedRequest(
            call, method, path + Query(call, number, random), [.. Headers(random)], body, random.Next(40) == 0 ? Vocabulary.Pick(OddTypes, random) : "application/json",
            pathIsOdd || method != call.Method);
    }

    private (string Path, bool IsOdd) Path(DocumentedCall call, int number, Grant? grant, Random random)
    {
        var isOdd = random.Next(12) == 0;
        var parts = call.Path.Split('/');
        var odd = random.Next(1, parts.Length);
        for (var index = 0; index < parts.Length; index++)
        {
            if (parts[index].StartsWith('{')) parts[index] = PathValue(parts[index - 1], parts[index].Trim('{', '}'), number, grant, random);
            if (isOdd && index == odd) parts[index] = random.Next(30) == 0 ? new string('a', 9_000) : Vocabulary.Pick(OddParts, random);
        }
        return (string.Join('/', parts).TrimEnd('/'), isOdd);
    }

    private string PathValue(string kind, string name, int number, Grant? grant, Random random) => kind switch
    {
        "queues" when grant is not null => grant.Queue,
        "tasks" when grant is not null => grant.Id,
        "graphs" or "reviews" => names.ValueOf("graphId", number, random)!,
        "operations" => names.ValueOf("operationId", number, random)!,
        _ => names.ValueOf(name, number, random) ?? "x",
    };

    private string Query(DocumentedCall call, int number, Random random)
    {
        if (random.Next(20) == 0) return $"?{Vocabulary.Pick(OddQueries, random)}";
        if (call.Queries.Count == 0 || random.Next(3) == 0) return "";
        var name = Vocabulary.Pick(call.Queries, random);
        return names.ValueOf(name, number, random) is { } value ? $"?{name}={Uri.EscapeDataString(value)}" : $"?{name}={random.NextDouble():0.00}";
    }

    private static IEnumerable<(string Name, string Value)> Headers(Random random)
    {
        if (random.Next(6) == 0) yield return ("Idempotency-Key", $"key-{random.Next(200)}");
        if (random.Next(15) == 0) yield return Vocabulary.Pick(OddHeaders, random);
    }

    private byte[]? Body(DocumentedCall call, int number, Grant? grant, Random random)
    {
        if (call.Body is not { } schema) return random.Next(20) == 0 ? "{}"u8.ToArray() : null;
        if (random.Next(30) == 0) return random.Next(2) == 0 ? null : [];
        var valid = new ValidValues(document, names, number, random, grant).Make(schema);
        return random.Next(3) == 0 ? Encoding.UTF8.GetBytes(valid?.ToJsonString() ?? "null") : OddJson.Mutate(valid, random);
    }
}
