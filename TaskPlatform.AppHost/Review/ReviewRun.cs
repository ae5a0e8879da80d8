using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using TaskPlatform.AppHost.Commands;

namespace TaskPlatform.AppHost.Review;

/// <summary>How far a review is.</summary>
/// <param name="State">Its state.</param>
/// <param name="Done">How many tasks are over.</param>
/// <param name="Total">How many there are.</param>
internal sealed record ReviewProgress(string State, int Done, int Total);

/// <summary>Has the path reviewed, shows how far it is, and keeps the results.</summary>
internal sealed class ReviewRun(ReviewRequested asked, ResourceNotificationService resources)
    : CommandRun($"the review of '{asked.Path}'", asked.Resources, resources)
{
    private const int SummaryLines = 10;

    /// <inheritdoc/>
    protected override async Task RunAsync(CancellationToken cancellationToken)
    {
        using var client = new ServiceClient(new Uri(asked.Api.Url));
        var clock = Stopwatch.StartNew();
        var started = await client.PostAsync("/v1/reviews", new { path = asked.Path }, cancellationToken);
        var id = started.GetProperty("reviewId").GetString()!;
        Console.WriteLine($"Review of {asked.Path}: {started.GetProperty("files").GetInt32()} files.");
        await WatchAsync(client, id, clock, cancellationToken);
        await KeepAsync(client, id, clock, cancellationToken);
    }

    private static async Task WatchAsync(ServiceClient client, string id, Stopwatch clock, CancellationToken cancellationToken)
    {
        var line = Progress("Review");
        using var timer = new PeriodicTimer(BetweenLooks);
        do
        {
            var status = await client.GetAsync<ReviewProgress>($"/v1/reviews/{id}", cancellationToken);
            line.Show(status.Done, status.Total, clock.Elapsed);
            if (status.State is "completed" or "failed" or "cancelled")
            {
                line.End();
                return;
            }
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task KeepAsync(ServiceClient client, string id, Stopwatch clock, CancellationToken cancellationToken)
    {
        var report = await client.GetTextAsync($"/v1/reviews/{id}/report", cancellationToken);
        var diff = await client.GetTextAsync($"/v1/reviews/{id}/diff", cancellationToken);
        var folder = Directory.CreateDirectory(Path.Combine(asked.Results, id)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "report.md"), report, cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "changes.diff"), diff, cancellationToken);

        Console.WriteLine($"Reviewed in {clock.Elapsed.TotalSeconds:0} s.");
        foreach (var line in Summary(report)) Console.WriteLine($"  {line}");
        Console.WriteLine($"  Report: {Path.Combine(folder, "report.md")}");
        Console.WriteLine($"  Diff:   {Path.Combine(folder, "changes.diff")}{(diff.Length == 0 ? " (empty: nothing to fix for certain)" : "")}");
    }

    // What stands between the title and the first section.
    private static IEnumerable<string> Summary(string report) =>
        report.Split('\n').Skip(1).TakeWhile(l => !l.StartsWith("## ", StringComparison.Ordinal)).Where(l => l.Length > 0).Take(SummaryLines);
}
