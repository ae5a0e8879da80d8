using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskPlatform.AppHost.Commands;

namespace TaskPlatform.AppHost.Review;

/// <summary>The command line's <c>--review PATH</c>: once the stack is up, the path is reviewed; then the stack goes on serving.</summary>
internal static class ReviewCommand
{
    private const string Option = "review";
    private const string Published = "/reviews";

    /// <summary>
    /// The folder that reviews may read: <c>Reviews:Root</c>, else this repository; or the path to review itself where that lies elsewhere,
    /// since whoever starts the stack may say so. What is published reads a folder of its container, into which the code is to be mounted.
    /// </summary>
    public static string ReviewsRoot(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode) return builder.Configuration["Reviews:Root"] is { Length: > 0 } given ? given : Published;
        var usual = builder.PathSetting("Reviews:Root", builder.RepositoryRoot());
        var isSet = builder.Configuration["Reviews:Root"] is { Length: > 0 };
        return !isSet && AskedPath(builder) is { } path && Directory.Exists(path) && !IsInside(path, usual) ? path : usual;
    }

    /// <summary>Ends the program where a review is asked of an application without the review's agents.</summary>
    public static void RefuseReview(this IDistributedApplicationBuilder builder)
    {
        if (AskedPath(builder) is not null) Refusal.Exit($"--{Option} needs the review's agents, which are not there with --nodes. Leave one of the two out.");
    }

    /// <summary>Adds the review that the command line asks for, if it does. A path that does not exist ends the program at once.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="api">Where the review is asked for.</param>
    /// <param name="agents">Who must be there for it.</param>
    public static void AddReview(this IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> api, params IResourceBuilder<ProjectResource>[] agents)
    {
        if (AskedPath(builder) is not { } path) return;
        if (!Directory.Exists(path) && !File.Exists(path))
            Refusal.Exit($"--{Option}: '{path}' does not exist. Give a folder or a C# file; a relative path counts from the current folder.");

        var results = Path.Combine(builder.DataRoot(), "reviews");
        builder.Services.AddSingleton(new ReviewRequested(path, results, api.GetEndpoint("http"), [api.Resource.Name, .. agents.Select(a => a.Resource.Name)]));
        foreach (var agent in agents) agent.WithQuietTasks();
        builder.Services.AddSingleton<IHostedService, ReviewRun>();
    }

    private static string? AskedPath(IDistributedApplicationBuilder builder) =>
        builder.Configuration[Option] is { Length: > 0 } path ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : null;

    private static bool IsInside(string path, string folder) =>
        Path.GetRelativePath(folder, path) is var relative && relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal)
        && !Path.IsPathRooted(relative);
}

/// <summary>A review that the command line asked for.</summary>
/// <param name="Path">What to review.</param>
/// <param name="Results">The folder below which its results are kept.</param>
/// <param name="Api">The service to ask.</param>
/// <param name="Resources">What must be healthy first.</param>
internal sealed record ReviewRequested(string Path, string Results, EndpointReference Api, IReadOnlyList<string> Resources);
