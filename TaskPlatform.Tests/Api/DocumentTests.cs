using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Client.Wire;

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
            Assert.Contains(call.GetProperty("responses").EnumerateObject(), answer => answer.Name[0] == '2');
            Assert.NotEmpty(call.GetProperty("summary").GetString()!);
            Assert.EndsWith(".", call.GetProperty("description").GetString());
        }
    }

    /// <summary>A proxy that checks calls against the document must let pass what the service takes.</summary>
    [Fact]
    public async Task OpenApi_EveryCallThatTakesAnEmptyObject_HasABody()
    {
        var queue = await api.QueueAsync();
        var taken = new List<string>();

        foreach (var path in (await DocumentAsync()).GetProperty("paths").EnumerateObject())
        {
            foreach (var call in path.Value.EnumerateObject().Where(call => call.Name is "post" or "put" or "patch"))
            {
                var address = string.Join('x', path.Name.Replace("{queue}", queue.Queue, StringComparison.Ordinal).Split('{', '}').Where((_, part) => part % 2 == 0));
                var answer = await queue.SendAsync(HttpMethod.Parse(call.Name), address, "{}");
                if (answer.Status == 400) continue;
                taken.Add(call.Value.GetProperty("operationId").GetString()!);
                Assert.True(call.Value.TryGetProperty("requestBody", out _), $"{call.Name} {path.Name} answers {answer.Status} to {{}}.");
            }
        }

        Assert.Superset(new HashSet<string> { "retryTask", "drainAgent", "cancelTask", "pauseQueue", "configureQueue" }, taken.ToHashSet());
    }

    [Fact]
    public async Task OpenApi_EveryMappedCall_StandsInItUnderItsMethodAndAddress()
    {
        var mapped = (await api.HostAsync()).Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText?.StartsWith("/v1/", StringComparison.Ordinal) == true)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods.Select(
                method => $"{method.ToLowerInvariant()} {endpoint.RoutePattern.RawText!.TrimEnd('/')}"));

        var described = (await DocumentAsync()).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(call => $"{call.Name} {path.Name}"));

        Assert.Equal(mapped.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    /// <summary>What the verbs refuse, call by call; what every call of a method may end with is left out.</summary>
    [Theory]
    [InlineData("submitTask", "201 200", "id-conflict unknown-dependency cycle-detected task-purged store-full")]
    [InlineData("submitGraph", "201 200", "id-conflict unknown-dependency cycle-detected task-purged store-full")]
    [InlineData("getTask", "200", "task-not-found task-purged queue-not-found")]
    [InlineData("getResult", "200 204", "task-not-found task-purged queue-not-found")]
    [InlineData("heartbeat", "200", "task-not-found task-purged queue-not-found lease-lost task-finished")]
    [InlineData("completeTask", "200", "task-not-found task-purged queue-not-found lease-lost task-finished")]
    [InlineData("addChildren", "200",
        "task-not-found task-purged queue-not-found lease-lost task-finished id-conflict unknown-dependency cycle-detected store-full")]
    [InlineData("ask", "200", "task-not-found task-purged queue-not-found lease-lost task-finished")]
    [InlineData("answerTask", "200", "task-not-found task-purged queue-not-found not-waiting task-finished")]
    [InlineData("cancelTask", "200", "task-not-found task-purged queue-not-found task-finished")]
    [InlineData("retryTask", "200", "task-not-found task-purged queue-not-found task-finished")]
    [InlineData("patchTask", "200", "task-not-found task-purged queue-not-found task-finished")]
    [InlineData("deleteTask", "204", "task-not-found task-purged queue-not-found task-unfinished")]
    [InlineData("whyTask", "200", "task-not-found task-purged queue-not-found")]
    [InlineData("startBulk", "202", "queue-not-found")]
    [InlineData("getOperation", "200", "operation-not-found queue-not-found")]
    [InlineData("listSchedules", "200", "queue-not-found")]
    [InlineData("putSchedule", "201 200", "")]
    [InlineData("getSchedule", "200", "schedule-not-found queue-not-found")]
    [InlineData("deleteSchedule", "204", "schedule-not-found queue-not-found")]
    [InlineData("listRoutes", "200", "queue-not-found")]
    [InlineData("putRoute", "201 200", "")]
    [InlineData("getRoute", "200", "route-not-found queue-not-found")]
    [InlineData("deleteRoute", "204", "route-not-found queue-not-found")]
    [InlineData("configureQueue", "200", "")]
    [InlineData("drainAgent", "200", "agent-not-found queue-not-found")]
    [InlineData("removeAgent", "204", "agent-not-found queue-not-found")]
    public async Task OpenApi_ACall_ListsItsAnswersAndEveryRefusal(string operationId, string answers, string refusals)
    {
        var (method, call) = (await DocumentAsync()).GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject())
            .Where(call => call.Value.GetProperty("operationId").GetString() == operationId).Select(call => (call.Name, call.Value)).Single();
        string[] always = method switch
        {
            "post" => ["invalid-request", "idempotency-mismatch", "payload-too-large", "queue-unavailable", "queue-full"],
            "put" or "patch" => ["invalid-request", "payload-too-large", "queue-unavailable", "queue-full"],
            _ => ["invalid-request", "queue-unavailable", "queue-full"],
        };

        var responses = call.GetProperty("responses").EnumerateObject().ToArray();
        var named = responses.Where(answer => answer.Name[0] is '4' or '5').SelectMany(
            answer => Names().Where(name => answer.Value.GetProperty("description").GetString()!.Contains($"{name}: ", StringComparison.Ordinal))
                .Select(name => (Status: answer.Name, Name: name))).ToArray();

        Assert.Equal(answers.Split(' ').Order(), responses.Select(answer => answer.Name).Where(status => status[0] == '2').Order());
        Assert.Equal([.. always.Concat(refusals.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Order()], named.Select(problem => problem.Name).Order());
        Assert.All(named, problem => Assert.Equal(problem.Status, $"{Problems.StatusOf(problem.Name)}"));
    }

    [Fact]
    public async Task OpenApi_EveryProblemOfTheContract_IsListedSomewhere()
    {
        var text = (await DocumentAsync()).GetProperty("paths").GetRawText();

        Assert.All(Names().Except([ProblemTypes.RateLimited]), name => Assert.Contains($"{name}: ", text));
    }

    [Fact]
    public async Task OpenApi_EveryField_IsDescribed()
    {
        var schemas = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").EnumerateObject().ToArray();

        var fields = schemas.Where(schema => schema.Value.TryGetProperty("properties", out _)).SelectMany(
            schema => schema.Value.GetProperty("properties").EnumerateObject().Select(field => (Name: $"{schema.Name}.{field.Name}", Schema: field.Value))).ToArray();

        Assert.True(fields.Length > 150, $"{fields.Length} fields");
        Assert.All(fields, field => Assert.True(IsDescribed(field.Schema), field.Name));

        static bool IsDescribed(JsonElement schema) => schema.TryGetProperty("description", out _)
            || (schema.TryGetProperty("oneOf", out var either) && either.EnumerateArray().Any(one => one.TryGetProperty("description", out _)));
    }

    [Theory]
    [InlineData("SubmitTask", "weight", """{"maximum":10000,"minimum":1}""")]
    [InlineData("SubmitTask", "uniqueKey", """{"pattern":"^[A-Za-z0-9._:-]{1,128}$"}""")]
    [InlineData("SubmitTask", "labels", """{"maxProperties":32}""")]
    [InlineData("ChildrenRequest", "tasks", """{"minItems":1,"maxItems":1000}""")]
    [InlineData("RetentionSettings", "count", """{"maximum":100000000,"minimum":0}""")]
    [InlineData("RateSettings", "count", """{"maximum":1000000,"minimum":1}""")]
    [InlineData("AskRequest", "question", """{"minLength":1,"maxLength":8192,"type":"string"}""")]
    [InlineData("PatchTask", "notBefore", """{"type":["null","string"],"format":"date-time"}""")]
    public async Task OpenApi_AField_SaysWhatItTakes(string schema, string field, string expected)
    {
        var described = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties").GetProperty(field);

        Assert.All(JsonElement.Parse(expected).EnumerateObject(), limit => Assert.Equal(limit.Value.GetRawText(), Bare(described.GetProperty(limit.Name))));

        static string Bare(JsonElement value) => JsonSerializer.Serialize(value);
    }

    [Theory]
    [InlineData("TaskState", "pending assigned in_progress completed failed cancelled scheduled blocked waiting")]
    [InlineData("WhyReason", "running ready blocked scheduled waiting paused concurrency rate budget no-agent finished")]
    [InlineData("ChildFailure", "resume fail")]
    [InlineData("WhenExhausted", "wait fail route")]
    [InlineData("ScheduleOverlap", "skip queue replace")]
    [InlineData("BulkAction", "cancel retry delete")]
    [InlineData("OperationState", "running completed")]
    [InlineData("QueueDurability", "durable buffered memory")]
    [InlineData("QueuePolicy", "fifo score learned")]
    public async Task OpenApi_AChoice_ListsItsWords(string schema, string words)
    {
        var described = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty(schema);

        Assert.Equal(words.Split(' '), described.GetProperty("enum").EnumerateArray().Select(word => word.GetString()));
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

    private static IEnumerable<string> Names() => typeof(ProblemTypes).GetFields().Where(field => field.Name != nameof(ProblemTypes.Prefix))
        .Select(field => (string)field.GetValue(null)!);

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
