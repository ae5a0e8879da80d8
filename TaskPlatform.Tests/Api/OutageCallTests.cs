using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Api.Endpoints;
using TaskPlatform.Api.Queues;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Api;

/// <summary>What callers see when the store is away, the service was started anew, or something breaks.</summary>
public sealed class OutageCallTests
{
    [Fact]
    public async Task Submit_StoreStopped_Is503ToBeRepeatedAndOnceItIsBackDoneOnce()
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using var host = new ApiHost(redis.ConnectionString);
        var queue = new QueueCalls(host.Http, "q");
        await queue.SubmitAsync("""{"id":"before","type":"work"}""");

        await redis.StopAsync();
        var refused = (await queue.SubmitAsync("""{"id":"during","type":"work"}""")).ExpectProblem(503, "queue-unavailable");
        await redis.ContinueAsync();
        var repeated = await UntilAnsweredAsync(() => queue.SubmitAsync("""{"id":"during","type":"work"}"""));

        Assert.True(int.Parse(refused.Header("Retry-After")!) >= 1);
        Assert.InRange(repeated.Status, 200, 201);
        Assert.Equal(2, (await queue.GetAsync())["counts"].GetProperty("pending").GetInt32());
    }

    [Fact]
    public async Task Restart_FinishedTask_IsStillAnsweredWholeAndHandedOnAsInput()
    {
        await using var redis = await TestServer.StartAsync(new RedisServer());
        await using (var first = new ApiHost(redis.ConnectionString))
        {
            var before = new QueueCalls(first.Http, "q");
            var (_, _, token) = await before.StartTaskAsync("""{"id":"a","type":"work","payload":{"n":1},"description":"d"}""");
            (await before.PostAsync("/tasks/a/complete", $$"""{"leaseToken":"{{token}}","result":[7]}""")).Expect(200);
            (await before.SubmitAsync("""{"id":"b","type":"work","dependsOn":["a"]}""", "key")).Expect(201);
        }

        await using var second = new ApiHost(redis.ConnectionString);
        var queue = new QueueCalls(second.Http, "q");
        var task = await UntilAnsweredAsync(() => queue.GetAsync("/tasks/a"));
        var listed = (await queue.GetAsync("/tasks?state=completed")).Expect(200)["tasks"][0];

        Assert.Equal(("completed", """{"n":1}""", "[7]", "d"), (task.State, Raw(task.Body, "payload"), Raw(task.Body, "result"), task["description"].GetString()));
        Assert.Equal(("""{"n":1}""", "[7]"), (Raw(listed, "payload"), Raw(listed, "result")));
        Assert.Equal("[7]", (await queue.GetAsync("/tasks/a/result")).Expect(200).Text);
        (await queue.SubmitAsync("""{"id":"a","type":"work","payload":{"n":1},"description":"d"}""")).Expect(200);
        (await queue.SubmitAsync("""{"id":"b","type":"work","dependsOn":["a"]}""", "key")).Expect(200);
        Assert.Equal("""{"a":[7]}""", Raw((await queue.TakeAsync()).Task, "inputs"));
    }

    [Fact]
    public async Task Call_BrokenInside_Is500WithoutWhatIsInside()
    {
        var (context, body) = await RunAsync(_ => throw new InvalidOperationException("the secret"));

        Assert.Equal((500, "application/problem+json"), (context.Response.StatusCode, context.Response.ContentType));
        Assert.Contains("urn:taskplatform:problem:internal-error", body);
        Assert.DoesNotContain("secret", body);
    }

    [Theory]
    [InlineData(0.2, "1")]
    [InlineData(1.2, "2")]
    [InlineData(60, "60")]
    public async Task Call_QueueUnavailable_Is503WithWholeSeconds(double seconds, string retryAfter)
    {
        var (context, body) = await RunAsync(_ => throw new QueueUnavailableException("store-full", "Full.", TimeSpan.FromSeconds(seconds)));

        Assert.Equal((503, retryAfter), (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString()));
        Assert.Contains("urn:taskplatform:problem:store-full", body);
    }

    [Fact]
    public async Task Call_BodyTooSlow_Is408()
    {
        var (context, _) = await RunAsync(_ => throw new BadHttpRequestException("Too slow.", 408));

        Assert.Equal(408, context.Response.StatusCode);
    }

    private static string Raw(JsonElement task, string name) => task.GetProperty(name).GetRawText();

    /// <summary>Repeats a call for as long as it is told to come again, as the contract lets it.</summary>
    private static async Task<Answer> UntilAnsweredAsync(Func<Task<Answer>> call)
    {
        while (true)
        {
            var answer = await call();
            if (answer.Status != 503) return answer;
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static async Task<(HttpContext Context, string Body)> RunAsync(RequestDelegate next)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        await new ProblemMiddleware(next, NullLogger<ProblemMiddleware>.Instance).InvokeAsync(context);
        return (context, Encoding.UTF8.GetString(body.ToArray()));
    }
}
