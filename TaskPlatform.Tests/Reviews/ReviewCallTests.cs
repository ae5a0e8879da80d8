using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Tests.Api;
using TaskPlatform.Tests.Servers;
using TaskPlatform.Tests.Worker;
using TaskPlatform.Worker.Agents;

namespace TaskPlatform.Tests.Reviews;

public sealed class ReviewCallTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly ReviewedFolder _shop = new("Shop.csproj", "Orders.cs", "Prices.cs", "Broken.cs");
    private ApiHost _api = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _redis.InitializeAsync();
        _api = await Task.Run(() => new ApiHost(_redis.ConnectionString, _shop.Root.Folder), Token);
    }

    [Fact]
    public async Task Start_AReview_IsCarriedOutByItsAgents()
    {
        using var started = await StartAsync(".");
        var review = await ReadAsync<ReviewAccepted>(started);
        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.Equal(($"/v1/reviews/{review.ReviewId}", "reviews", 3, 7), (started.Headers.Location!.OriginalString, review.Queue, review.Files, review.Tasks));
        using (var early = await _api.Http.GetAsync($"/v1/reviews/{review.ReviewId}/report", Token))
            Assert.Equal(HttpStatusCode.NotFound, early.StatusCode);

        await WithAgentsAsync(() => FinishedAsync(review));

        var status = (await _api.Http.GetFromJsonAsync<ReviewStatus>($"/v1/reviews/{review.ReviewId}", JsonSerializerOptions.Web, Token))!;
        Assert.Equal(("completed", 7, 7), (status.State, status.Done, status.Total));
        using var report = await _api.Http.GetAsync(status.Report, Token);
        Assert.Equal("text/markdown", report.Content.Headers.ContentType!.MediaType);
        Assert.Contains("3 of 3 files analysed", await report.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        await _shop.ApplyAsync(await _api.Http.GetStringAsync(status.Diff, Token));
        Assert.DoesNotContain("RCS1097", (await _shop.AnalyzeAsync("Orders.cs")).Counts.Keys);
    }

    [Fact]
    public async Task Start_WithTheSameKeyAgain_IsTheSameReview()
    {
        using var first = await StartAsync(".", key: "once");
        using var again = await StartAsync(".", key: "once");

        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(await ReadAsync<ReviewAccepted>(first), await ReadAsync<ReviewAccepted>(again));
    }

    [Theory]
    [InlineData("..", "outside the root")]
    [InlineData("nowhere", "does not exist")]
    public async Task Start_APathThatMayNotBeRead_IsRefused(string path, string why)
    {
        using var refused = await StartAsync(path);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal("urn:taskplatform:problem:invalid-request", problem.GetProperty("type").GetString());
        Assert.Contains(why, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_AReviewThatNeverWas_IsNotFound()
    {
        using var answer = await _api.Http.GetAsync("/v1/reviews/unknown", Token);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _redis.DisposeAsync();
        _shop.Dispose();
    }

    private Task<HttpResponseMessage> StartAsync(string path, string? key = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/v1/reviews") { Content = JsonContent.Create(new { path }) };
        if (key is not null) request.Headers.Add("Idempotency-Key", key);
        return _api.Http.SendAsync(request, Token);
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<T>(Token))!;

    private async Task FinishedAsync(ReviewAccepted review)
    {
        var address = $"/v1/queues/reviews/tasks/{ReviewTasks.ReasoningId(review.ReviewId)}?waitSeconds=60";
        while ((await _api.Http.GetFromJsonAsync<JsonElement>(address, Token)).GetProperty("state").GetString() is not "completed")
            Token.ThrowIfCancellationRequested();
    }

    private async Task WithAgentsAsync(Func<Task> work)
    {
        var agents = new List<IHost>();
        try
        {
            foreach (var role in (string[])["analyst", "coder", "reasoner"]) agents.Add(await StartAgentAsync(role));
            await work();
        }
        finally
        {
            foreach (var agent in agents)
            {
                await agent.StopAsync(CancellationToken.None);
                agent.Dispose();
            }
        }
    }

    private async Task<IHost> StartAgentAsync(string role)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection([new("Agent:Role", role), new("Reviews:Root", _shop.Root.Folder)]);
        builder.Services.AddLogging().AddMetrics();
        builder.AddTaskPlatformClient("api", o => o.Address = _api.Http.BaseAddress);
        builder.AddNamedAgent();
        var host = builder.Build();
        await host.StartAsync(Token);
        return host;
    }
}
