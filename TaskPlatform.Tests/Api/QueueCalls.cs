using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace TaskPlatform.Tests.Api;

/// <summary>An answer, read whole.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The JSON; undefined when there is none.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Text">The body as it came.</param>
internal sealed record Answer(int Status, JsonElement Body, HttpResponseHeaders Headers, string Text)
{
    /// <summary>The problem's name without its prefix.</summary>
    public string Problem => Body.GetProperty("type").GetString()!.Replace("urn:taskplatform:problem:", "");

    /// <summary>The bad fields that a problem names, in its order.</summary>
    public string[] Fields => [.. Body.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()!)];

    public JsonElement this[string name] => Body.GetProperty(name);

    public string State => this["state"].GetString()!;

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    /// <summary>Fails with the whole answer when the status is another.</summary>
    public Answer Expect(int status)
    {
        Assert.True(Status == status, $"Expected {status}, got {Status}: {Text}");
        return this;
    }

    /// <summary>Fails unless this is the problem named, in the form that all problems have.</summary>
    public Answer ExpectProblem(int status, string name)
    {
        Expect(status);
        Assert.Equal(name, Problem);
        Assert.Equal(status, this["status"].GetInt32());
        Assert.NotEmpty(this["title"].GetString()!);
        Assert.NotEmpty(this["detail"].GetString()!);
        return this;
    }
}

/// <summary>Calls to one queue, with bodies as they are written on the wire.</summary>
internal sealed class QueueCalls(HttpClient http, string queue)
{
    public string Queue => queue;

    public HttpClient Http => http;

    public string Path(string below) => $"/v1/queues/{queue}{below}";

    public Task<Answer> GetAsync(string below = "") => SendAsync(HttpMethod.Get, Path(below), null);

    public Task<Answer> PutAsync(string below, string json) => SendAsync(HttpMethod.Put, Path(below), json);

    public Task<Answer> PostAsync(string below, string? json = null, string? key = null) => SendAsync(HttpMethod.Post, Path(below), json, key);

    public Task<Answer> PatchAsync(string below, string json) => SendAsync(HttpMethod.Patch, Path(below), json);

    public Task<Answer> DeleteAsync(string below) => SendAsync(HttpMethod.Delete, Path(below), null);

    public Task<Answer> SubmitAsync(string json, string? key = null) => PostAsync("/tasks", json, key);

    public Task<Answer> ClaimAsync(string json = """{"agentId":"agent"}""", string? key = null) => PostAsync("/claims", json, key);

    /// <summary>Claims one task, which must be there, and gives it with its token.</summary>
    public async Task<(JsonElement Task, string Id, string Token)> TakeAsync(string json = """{"agentId":"agent"}""")
    {
        var task = Assert.Single((await ClaimAsync(json)).Expect(200)["tasks"].EnumerateArray());
        return (task, task.GetProperty("id").GetString()!, task.GetProperty("lease").GetProperty("token").GetString()!);
    }

    /// <summary>Submits a task and claims it.</summary>
    public async Task<(JsonElement Task, string Id, string Token)> StartTaskAsync(string submit = """{"type":"work"}""")
    {
        (await SubmitAsync(submit)).Expect(201);
        return await TakeAsync();
    }

    /// <summary>Completes a task.</summary>
    public async Task<Answer> CompleteAsync(string id, string token, string result = "1")
        => (await PostAsync($"/tasks/{id}/complete", $$"""{"leaseToken":"{{token}}","result":{{result}}}""")).Expect(200);

    /// <summary>Fails a task for good.</summary>
    public async Task<Answer> FailAsync(string id, string token) => (await PostAsync(
        $"/tasks/{id}/fail", $$"""{"leaseToken":"{{token}}","error":{"type":"broken","message":"It broke.","retryable":false} }""")).Expect(200);

    /// <summary>Submits a task, claims it and fails it for good.</summary>
    public async Task<string> FailedAsync(string submit = """{"type":"work"}""")
    {
        var (_, id, token) = await StartTaskAsync(submit);
        await FailAsync(id, token);
        return id;
    }

    /// <summary>Asks for the agents until the one named was seen: then its claim has been looked at.</summary>
    public async Task UntilSeenAsync(string agentId)
    {
        while (!(await GetAsync("/agents")).Text.Contains($"\"{agentId}\"", StringComparison.Ordinal)) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
    }

    public Task<Answer> SendAsync(HttpMethod method, string path, string? json, string? key = null)
        => SendAsync(method, path, json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"), key);

    public Task<Answer> SendBytesAsync(string below, byte[] body, string contentType = "application/json")
        => SendAsync(HttpMethod.Post, Path(below), new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } }, null);

    private async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, string? key)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var body = text.Length > 0 && response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true
            ? JsonElement.Parse(text)
            : default;
        return new Answer((int)response.StatusCode, body, response.Headers, text);
    }
}
