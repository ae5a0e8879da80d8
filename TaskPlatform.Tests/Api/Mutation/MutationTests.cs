using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Api.Mutation;

/// <summary>The whole interface under requests that were made from its own document and then made odd.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int Requests = 3_000;

    /// <summary>How many requests are sent; the default takes some seconds.</summary>
    private const string RequestsVariable = "TASKPLATFORM_MUTATION_REQUESTS";

    /// <summary>The run to be made again. What waits and what has come of earlier requests may differ, since several are under way at once.</summary>
    private const string SeedVariable = "TASKPLATFORM_MUTATION_SEED";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnyCall_MutatedRequests_EndWithSuccessOrADocumentedProblem()
    {
        var seed = Setting(SeedVariable) ?? Random.Shared.Next();
        var count = Setting(RequestsVariable) ?? Requests;
        using var root = new ReviewRoot();
        await using var redis = await TestServer.StartAsync(new RedisServer { Fsync = Fsync.EverySecond });
        await using var host = new ApiHost(redis.ConnectionString, root.Path);
        var document = JsonElement.Parse(await host.Http.GetStringAsync("/openapi/v1.json", Cancel));
        var names = new Vocabulary();
        var run = new MutationRun(host.Http, new RequestGenerator(document, names, seed), names);
        output.WriteLine($"{SeedVariable}={seed}");
        await new QueueCalls(host.Http, Vocabulary.MemoryQueue).PutAsync("", """{"durability":"memory"}""");

        var clock = Stopwatch.StartNew();
        await run.SendAsync(0, count, Cancel);

        foreach (var (kind, times) in run.Answers.OrderBy(kind => kind.Key, StringComparer.Ordinal)) output.WriteLine($"{times,8} {kind}");
        output.WriteLine($"{count} requests in {clock.Elapsed.TotalSeconds:0} s; {Environment.WorkingSet >> 20} MiB in memory afterwards.");
        Assert.True(run.Wrong.IsEmpty, $"{SeedVariable}={seed}: {run.Wrong.Count} wrong\n{string.Join("\n\n", run.Wrong.Take(5))}");
        Assert.True(run.Answers.Where(kind => kind.Key[0] == '2').Sum(kind => kind.Value) > count / 10, "Hardly a request was taken: the mutations hide each other.");
        Assert.Empty(host.Faults);
        await AssertServesAsync(host);
    }

    /// <summary>The service is healthy, and a task goes through a life.</summary>
    private static async Task AssertServesAsync(ApiHost host)
    {
        var queue = new QueueCalls(host.Http, "afterwards");
        var (_, id, token) = await queue.StartTaskAsync();
        Assert.Equal("completed", (await queue.CompleteAsync(id, token)).State);
        using var health = await host.Http.GetAsync("/health", Cancel);
        Assert.True(health.IsSuccessStatusCode, await health.Content.ReadAsStringAsync(Cancel));
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>A folder with one file, so that a review that gets through is a small one.</summary>
    private sealed class ReviewRoot : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskplatform-");

        public ReviewRoot() => File.WriteAllText(System.IO.Path.Combine(Path, "A.cs"), "class A;");

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
