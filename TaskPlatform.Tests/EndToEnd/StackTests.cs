using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace TaskPlatform.Tests.EndToEnd;

public sealed class StackTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OfTheWholeApplication_ServesTheApiAndKnowsItsRedis()
    {
        var data = Directory.CreateTempSubdirectory("taskplatform-");
        try
        {
            await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.TaskPlatform_AppHost>(
                [$"--Data:Root={data.FullName}"], Token);
            await using var app = await builder.BuildAsync(Token);
            await app.StartAsync(Token);
            foreach (var name in (string[])["api", "federation"]) await app.ResourceNotifications.WaitForResourceHealthyAsync(name, Token);

            using var api = app.CreateHttpClient("api");
            using var answer = await api.GetAsync("/v1/queues", Token);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.NotEqual(5380, api.BaseAddress!.Port); // free ports in tests, whatever launchSettings.json says
            Assert.Matches(@"^[\w.]+:\d+", await app.GetConnectionStringAsync("redis", Token));
        }
        finally
        {
            data.Delete(recursive: true);
        }
    }
}
