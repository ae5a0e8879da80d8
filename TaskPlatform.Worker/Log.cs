namespace TaskPlatform.Worker;

/// <summary>What the agents log.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Loading {Project}")]
    public static partial void LoadingProject(ILogger logger, string project);

    [LoggerMessage(2, LogLevel.Warning, "{Project} could not be loaded")]
    public static partial void ProjectNotLoaded(ILogger logger, Exception exception, string project);

    [LoggerMessage(3, LogLevel.Warning, "The language model did not write the summary")]
    public static partial void ModelFailed(ILogger logger, Exception exception);

    [LoggerMessage(4, LogLevel.Warning, "The debate {DebateId} is left out of the report")]
    public static partial void DebateLeftOut(ILogger logger, string debateId, Exception exception);
}
