using System.Net;
using Aspire.Hosting.Testing;

namespace TaskPlatform.Tests.EndToEnd;

public sealed class StackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OfTheWholeApplication_ServesTheApiAndKnowsItsRedis()
    {
        await using var stack = await RunningStack.StartAsync("api", "federation");

        using var api = stack.App.CreateHttpClient("api");
        using var answer = await api.GetAsync("/v1/queues", Token);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEqual(5380, api.BaseAddress!.Port); // free ports in tests, whatever launchSettings.json says
        Assert.Matches(@"^[\w.]+:\d+", await stack.App.GetConnectionStringAsync("redis", Token));
    }
}
