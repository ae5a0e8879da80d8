using System.Text;

namespace TaskPlatform.Tests.Api;

/// <summary>Requests that nobody should send: each gets an answer with a name, none breaks the service.</summary>
public sealed class HostileRequestTests(SharedApi api)
{
    private static readonly (string Method, string Path)[] Calls =
    [
        ("POST", "/tasks"), ("POST", "/tasks/batch"), ("POST", "/settle/batch"), ("POST", "/graphs"), ("POST", "/graphs/g/cancel"), ("POST", "/claims"),
        ("POST", "/tasks/t/heartbeat"), ("POST", "/tasks/t/complete"), ("POST", "/tasks/t/fail"), ("POST", "/tasks/t/release"),
        ("POST", "/tasks/t/cancel"), ("POST", "/agents/a/drain"), ("POST", "/pause"), ("POST", "/resume"), ("PUT", "/agents/a"), ("PUT", ""),
    ];

    public static TheoryData<string> Bodies =>
    [
        "", " ", "null", "true", "0", "\"text\"", "[]", "{", "}", "{}", "[{}]", "{}{}", "{\"\":1}", "{\"a\":1,\"a\":2}", "{\"type\":}", "{'type':'a'}",
        "{\"type\":\"\\ud800\"}", "{\"type\":\"\\u0000\"}", "{\"type\":\"a\",\"payload\":\"\\udfff\"}", "{\"leaseToken\":\"\\ud83d\"}", "\uFEFF{}", "/* */ {}",
        "{\"leaseToken\":null}", "{\"leaseToken\":[]}", "{\"leaseToken\":{}}", "{\"leaseToken\":1e999}", "{\"agentId\":{}}", "{\"agentId\":\"a\",\"max\":1e999}",
        "{\"agentId\":\"a\",\"max\":-0.0}", "{\"agentId\":\"a\",\"waitSeconds\":-1}", "{\"agentId\":\"a\",\"types\":[[[]]]}", "{\"agentId\":\"a\",\"types\":[null]}",
        "{\"tasks\":null}", "{\"tasks\":[null]}", "{\"tasks\":[[]]}", "{\"tasks\":[{}]}", "{\"tasks\":{\"0\":{}}}", "{\"tasks\":[{\"type\":\"a\",\"dependsOn\":[null]}]}",
        "{\"settle\":[null]}", "{\"settle\":[{}]}", "{\"settle\":[{\"id\":\"t\",\"leaseToken\":\"x\",\"fail\":{\"error\":null}}]}", "{\"type\":\"a\",\"labels\":{\"\":\"\"}}",
        "{\"type\":\"a\",\"labels\":null}", "{\"type\":\"a\",\"backoff\":{\"initialSeconds\":1e308}}", "{\"type\":\"a\",\"maxAttempts\":-9223372036854775809}",
        "{\"type\":\"a\",\"notBefore\":\"2026-02-30T00:00:00Z\"}", "{\"type\":\"a\",\"deadline\":\"0001-01-01T00:00:00+14:00\"}", "{\"__proto__\":{}}",
        "{\"leaseToken\":\"x\",\"usage\":{\"tokens\":1e30,\"cost\":-1}}", "{\"leaseToken\":\"x\",\"error\":{\"type\":{},\"message\":[]}}", "{\"capabilities\":[0]}",
        "{\"types\":[\"\"]}", "{\"ageingSeconds\":1e999}", "{\"reason\":{}}", "{\"\\udc00\":1}", "\"\\",
    ];

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task AnyCall_HostileBody_IsNoFaultOfTheService(string body)
    {
        var queue = await api.QueueAsync();
        await queue.SubmitAsync("""{"id":"t","type":"work"}""");

        foreach (var (method, path) in Calls)
        {
            var answer = await queue.SendAsync(HttpMethod.Parse(method), queue.Path(path), body);

            Assert.True(answer.Status < 500, $"{method} {path}: {answer.Text}");
            if (answer.Status >= 400) answer.ExpectProblem(answer.Status, answer.Problem);
        }
    }

    [Fact]
    public async Task AnyCall_BytesThatAreNotUtf8_IsInvalid()
    {
        var queue = await api.QueueAsync();

        foreach (var (_, path) in Calls.Where(call => call.Method == "POST"))
            (await queue.SendBytesAsync(path, [.. "{\"type\":\""u8, 0xC3, 0x28, .. "\"}"u8])).ExpectProblem(400, "invalid-request");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Submit_OtherContentType_IsInvalid(string contentType)
    {
        var queue = await api.QueueAsync();

        var answer = await queue.SendBytesAsync("/tasks", """{"type":"work"}"""u8.ToArray(), contentType);

        Assert.Equal(["content-type"], answer.ExpectProblem(400, "invalid-request").Fields);
    }

    [Fact]
    public async Task Submit_DeeperThanAllowed_IsInvalid()
    {
        var queue = await api.QueueAsync();
        static string Nested(int depth) => $$"""{"type":"work","payload":{{new string('[', depth)}}{{new string(']', depth)}}}""";

        (await queue.SubmitAsync(Nested(63))).Expect(201);
        (await queue.SubmitAsync(Nested(64))).ExpectProblem(400, "invalid-request");
        (await queue.SubmitAsync(Nested(100_000))).ExpectProblem(400, "invalid-request");
    }

    [Fact]
    public async Task Submit_PayloadAtTheLimit_IsTakenAndBeyondTooLarge()
    {
        var queue = await api.QueueAsync();
        static string Task(int bytes) => $$"""{"type":"work","payload":"{{new string('x', bytes - 2)}}"}""";

        (await queue.SubmitAsync(Task(256 << 10))).Expect(201);
        Assert.Equal(["payload"], (await queue.SubmitAsync(Task((256 << 10) + 1))).ExpectProblem(413, "payload-too-large").Fields);
        (await queue.SubmitAsync(Task(2 << 20))).ExpectProblem(413, "payload-too-large");
    }

    [Fact]
    public async Task LeasedCalls_ValuesBeyondTheLimit_AreTooLarge()
    {
        var queue = await api.QueueAsync();
        var (_, id, token) = await queue.StartTaskAsync();
        var value = new string('x', 256 << 10);
        var text = new string('x', (8 << 10) + 1);

        Assert.Equal(["checkpoint", "message"], await FieldsAsync("heartbeat", $"\"checkpoint\":\"{value}\",\"message\":\"{text}\""));
        Assert.Equal(["result"], await FieldsAsync("complete", $"\"result\":\"{value}\""));
        Assert.Equal(["error"], await FieldsAsync("fail", $"\"error\":{{\"type\":\"t\",\"message\":\"{text[1..]}\"}}"));

        async Task<IEnumerable<string>> FieldsAsync(string call, string fields)
            => (await queue.PostAsync($"/tasks/{id}/{call}", $$"""{"leaseToken":"{{token}}",{{fields}}}""")).ExpectProblem(413, "payload-too-large").Fields.Order();
    }

    [Fact]
    public async Task SubmitGraph_BodyBeyondTheLimit_IsTooLarge()
    {
        var queue = await api.QueueAsync();

        (await queue.SendBytesAsync("/graphs", Encoding.UTF8.GetBytes(new string(' ', (32 << 20) + 1)))).ExpectProblem(413, "payload-too-large");
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "not-found")]
    [InlineData("POST", "/v1/queues/q/tasks/t/restart", 404, "not-found")]
    [InlineData("GET", "/v1/queues/q/claims", 405, "method-not-allowed")]
    [InlineData("DELETE", "/v1/queues/q", 405, "method-not-allowed")]
    [InlineData("GET", "/v1/queues/UPPER", 400, "invalid-request")]
    [InlineData("GET", "/v1/queues/.hidden", 400, "invalid-request")]
    [InlineData("GET", "/v1/queues/a%2Fb", 400, "invalid-request")]
    [InlineData("GET", "/v1/queues/a%00b", 400, "")]
    public async Task AnyAddress_ThatIsNone_IsAProblem(string method, string path, int status, string problem)
    {
        var queue = await api.QueueAsync();

        var answer = (await queue.SendAsync(HttpMethod.Parse(method), path, null)).Expect(status);

        if (problem.Length > 0) answer.ExpectProblem(status, problem);
    }
}
