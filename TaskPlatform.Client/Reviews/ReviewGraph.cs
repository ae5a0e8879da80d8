using TaskPlatform.Client.Wire;

namespace TaskPlatform.Client.Reviews;

/// <summary>The tasks that a review is made of.</summary>
public static class ReviewGraph
{
    // Loading a project may take minutes on a busy machine; whoever shows no sign of life for this long is gone all the same.
    private const double LeaseSeconds = 60;

    /// <summary>
    /// For each file an analysis and, once that succeeded, its fixes; when all of them are over, whichever way, the report.
    /// </summary>
    /// <param name="review">What the ids of the tasks begin with.</param>
    /// <param name="path">The reviewed folder, relative to the root of reviews.</param>
    /// <param name="files">The files, relative to the folder.</param>
    /// <param name="name">What the report calls the folder.</param>
    public static SubmitGraphRequest Of(string review, string path, IReadOnlyList<string> files, string name)
    {
        var perFile = Enumerable.Range(0, files.Count).SelectMany(i => TasksOf(review, path, files[i], i)).ToList();
        return new SubmitGraphRequest { Tasks = [.. perFile, Reasoning(review, files, name, perFile)] };
    }

    private static IEnumerable<SubmitTask> TasksOf(string review, string path, string file, int index)
    {
        var payload = RawJson.From(new FileToReview { Path = path, File = file });
        yield return new SubmitTask
        {
            Id = ReviewTasks.AnalysisId(review, index),
            Type = ReviewTasks.Analysis,
            Description = $"Analyse {file}",
            Payload = payload,
            LeaseSeconds = LeaseSeconds,
        };
        yield return new SubmitTask
        {
            Id = ReviewTasks.CodingId(review, index),
            Type = ReviewTasks.Coding,
            Description = $"Fix {file}",
            Payload = payload,
            DependsOn = [ReviewTasks.AnalysisId(review, index)],
            LeaseSeconds = LeaseSeconds,
        };
    }

    // One file that cannot be reviewed must not cost the report on all others: hence "finish".
    private static SubmitTask Reasoning(string review, IReadOnlyList<string> files, string name, List<SubmitTask> perFile) => new()
    {
        Id = ReviewTasks.ReasoningId(review),
        Type = ReviewTasks.Reasoning,
        Description = $"Report on {files.Count} files",
        Payload = RawJson.From(new ReviewToSummarize { Review = review, Name = name, Files = files }),
        DependsOn = [.. perFile.Select(t => new Dependency(t.Id!, DependencyTrigger.Finish))],
        LeaseSeconds = LeaseSeconds,
    };
}
