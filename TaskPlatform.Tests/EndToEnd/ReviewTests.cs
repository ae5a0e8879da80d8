using System.Net.Http.Json;
using System.Text.Json;

namespace TaskPlatform.Tests.EndToEnd;

/// <summary>The whole application as processes, doing its main job through a crash: what came of the work.</summary>
[Collection(typeof(KilledReviewCollection))]
public sealed class ReviewTests(KilledReview run)
{
    private readonly KilledReview _review = run.Ran();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Review_ApiKilledHalfway_CompletesWithEachResultOnce()
    {
        Assert.Equal("completed", _review.Graph.GetProperty("state").GetString());
        Assert.Equal(2 * ReviewedFolder.Files + 1, _review.TaskIds.Count);
        foreach (var id in _review.TaskIds) await AssertOneResultAsync(id);
        Assert.All(_review.Completions.Where(pair => _review.TaskIds.Contains(pair.Key)), pair => Assert.Equal(1, pair.Value));
        Assert.Contains("Greeter1.cs", await _review.Api.GetStringAsync($"/v1/reviews/{_review.Id}/report", Token));
    }

    private async Task AssertOneResultAsync(string id)
    {
        var task = await _review.Api.GetFromJsonAsync<JsonElement>($"/v1/queues/reviews/tasks/{id}", Token);
        Assert.Equal("completed", task.GetProperty("state").GetString());
        Assert.Single(task.GetProperty("attempts").EnumerateArray(), attempt => attempt.GetProperty("outcome").GetString() == "completed");
        Assert.True(task.TryGetProperty("result", out _));
    }
}
