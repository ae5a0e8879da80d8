using System.ComponentModel;
using System.Text;
using CliWrap;

namespace TaskPlatform.Worker.Projects;

/// <summary>Fetches a project's packages, without which most of its names mean nothing.</summary>
internal static class DotnetRestore
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Restores a project.</summary>
    /// <returns>Nothing when that worked, otherwise why not.</returns>
    public static async Task<string?> RunAsync(string project, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        var output = new StringBuilder();
        try
        {
            var result = await Cli.Wrap("dotnet").WithArguments(["restore", project, "--verbosity", "quiet"])
                .WithWorkingDirectory(Path.GetDirectoryName(project)!)
                .WithValidation(CommandResultValidation.None)
                .WithStandardOutputPipe(PipeTarget.ToStringBuilder(output))
                .ExecuteAsync(limit.Token);
            return result.IsSuccess ? null : $"its packages could not be restored: {FirstLine(output)}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"its packages could not be restored within {Limit.TotalMinutes:0} minutes";
        }
        catch (Win32Exception e)
        {
            return $"its packages could not be restored: the dotnet command cannot be started ({e.Message})";
        }
    }

    private static string FirstLine(StringBuilder output) =>
        output.ToString().Split('\n', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault("no output");
}
