using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace TaskPlatform.Tests.Api;

/// <summary>What the service says of itself: index, OpenAPI document, spans.</summary>
public sealed class DocumentTests(SharedApi api)
{
    [Fact]
    public async Task Index_Asked_LeadsOn()
    {
        var http = (await api.HostAsync()).Http;

        var index = JsonElement.Parse(await http.GetStringAsync("/", TestContext.Current.CancellationToken));

        foreach (var link in (string[])["openApi", "queues", "ready", "live"])
        {
            using var answer = await http.GetAsync(index.GetProperty(link).GetString(), TestContext.Current.CancellationToken);
            Assert.Equal(200, (int)answer.StatusCode);
        }
    }

    [Fact]
    public async Task OpenApi_EveryCall_HasIdParametersBodyAndProblems()
    {
        var document = await DocumentAsync();
        var calls = document.GetProperty("paths").EnumerateObject().Where(path => path.Name.StartsWith(Queues, StringComparison.Ordinal)).SelectMany(
            path => path.Value.EnumerateObject().Select(call => (Path: path.Name, Method: call.Name, Call: call.Value))).ToArray();

        Assert.Equal(await MappedAsync(), calls.Length);
        Assert.Equal(calls.Length, calls.Select(call => call.Call.GetProperty("operationId").GetString()).Distinct().Count());
        foreach (var (path, method, call) in calls)
        {
            var parameters = call.TryGetProperty("parameters", out var given) ? given.EnumerateArray().Select(p => p.GetProperty("name").GetString()).ToArray() : [];
            Assert.All(path.Split('{').Skip(1), part => Assert.Contains(part.Split('}')[0], parameters));
            Assert.Equal(method == "post", parameters.Contains("Idempotency-Key"));
            Assert.True(call.GetProperty("responses").TryGetProperty("400", out var bad), path);
            Assert.Contains("invalid-request", bad.GetProperty("description").GetString());
            Assert.EndsWith("/Problem", bad.GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").GetProperty("$ref").GetString());
        }
    }

    [Fact]
    public async Task OpenApi_Submit_ShowsBodyAnswersAndConflicts()
    {
        var submit = (await DocumentAsync()).GetProperty("paths").GetProperty("/v1/queues/{queue}/tasks").GetProperty("post");

        Assert.EndsWith("/SubmitTask", submit.GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("$ref").GetString());
        foreach (var status in (string[])["200", "201"])
        {
            var schema = submit.GetProperty("responses").GetProperty(status).GetProperty("content").GetProperty("application/json").GetProperty("schema");
            Assert.EndsWith("/TaskInfo", schema.GetProperty("$ref").GetString());
        }
        Assert.Contains("id-conflict", submit.GetProperty("responses").GetProperty("409").GetProperty("description").GetString());
    }

    [Fact]
    public async Task OpenApi_References_LeadSomewhere()
    {
        var document = await DocumentAsync();
        var schemas = document.GetProperty("components").GetProperty("schemas");

        Assert.All(References(document), name => Assert.True(schemas.TryGetProperty(name, out _), name));
        Assert.Equal(0.1, schemas.GetProperty("SubmitTask").GetProperty("properties").GetProperty("leaseSeconds").GetProperty("minimum").GetDouble());
    }

    private const string Queues = "/v1/queues";

    private async Task<int> MappedAsync() => (await api.HostAsync()).Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Count(endpoint => endpoint.RoutePattern.RawText?.StartsWith(Queues, StringComparison.Ordinal) == true);

    private async Task<JsonElement> DocumentAsync()
        => JsonElement.Parse(await (await api.HostAsync()).Http.GetStringAsync("/openapi/v1.json", TestContext.Current.CancellationToken));

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" ? [property.Value.GetString()!.Split('/')[^1]] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
