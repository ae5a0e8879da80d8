using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace TaskPlatform.AppHost.Commands;

/// <summary>Something that the command line asks of the running application: done once all that it needs is healthy. Whatever happens, the application goes on.</summary>
/// <param name="title">What was asked for, as in "the review of 'src'".</param>
/// <param name="needed">Resources that must be healthy first.</param>
/// <param name="resources">How they are.</param>
internal abstract class CommandRun(string title, IReadOnlyList<string> needed, ResourceNotificationService resources) : BackgroundService
{
    /// <summary>Between two looks at how far the work is.</summary>
    protected static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Does it.</summary>
    /// <exception cref="CommandFailedException">It is refused, or comes to nothing.</exception>
    protected abstract Task RunAsync(CancellationToken cancellationToken);

    /// <summary>A line on this console that tells how far it is.</summary>
    protected static ProgressLine Progress(string title) => new(title, Console.Out, !Console.IsOutputRedirected);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var resource in needed) await resources.WaitForResourceHealthyAsync(resource, stoppingToken);
            await RunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The application stops: work that was submitted goes on when it starts again.
        }
        catch (Exception e) when (e is CommandFailedException or DistributedApplicationException or IOException)
        {
            await Console.Error.WriteLineAsync($"error: {title} failed: {e.Message}");
        }
    }
}
