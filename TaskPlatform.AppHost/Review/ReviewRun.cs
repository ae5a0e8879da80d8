using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace TaskPlatform.AppHost.Review;

/// <summary>Waits for the stack, has the path reviewed, shows how far it is, and keeps the results. Whatever happens, the stack goes on.</summary>
internal sealed class ReviewRun(ReviewRequested asked, ResourceNotificationService resources) : BackgroundService
{
    private const int SummaryLines = 10;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var resource in asked.Resources) await resources.WaitForResourceHealthyAsync(resource, stoppingToken);
            await ReviewAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The stack stops: the review goes on when it starts again.
        }
        catch (Exception e) when (e is ReviewFailedException or DistributedApplicationException or IOException)
        {
            await Console.Error.WriteLineAsync($"error: the review of '{asked.Path}' failed: {e.Message}");
        }
    }

    private async Task ReviewAsync(CancellationToken cancellationToken)
    {
        using var client = new ReviewClient(new Uri(asked.Api.Url));
        var clock = Stopwatch.StartNew();
        var (id, files) = await client.StartAsync(asked.Path, cancellationToken);
        Console.WriteLine($"Review of {asked.Path}: {files} files.");
        await WatchAsync(client, id, clock, cancellationToken);
        await KeepAsync(client, id, clock, cancellationToken);
    }

    private static async Task WatchAsync(ReviewClient client, string id, Stopwatch clock, CancellationToken cancellationToken)
    {
        var line = new ProgressLine(Console.Out, !Console.IsOutputRedirected);
        using var timer = new PeriodicTimer(BetweenLooks);
        do
        {
            var status = await client.GetAsync(id, cancellationToken);
            line.Show(status.Done, status.Total, clock.Elapsed);
            if (status.State is "completed" or "failed" or "cancelled")
            {
                line.End();
                return;
            }
        } while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task KeepAsync(ReviewClient client, string id, Stopwatch clock, CancellationToken cancellationToken)
    {
        var report = await client.GetTextAsync(id, "report", cancellationToken);
        var diff = await client.GetTextAsync(id, "diff", cancellationToken);
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
