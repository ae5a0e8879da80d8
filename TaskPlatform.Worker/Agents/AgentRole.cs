using TaskPlatform.Client;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Worker.Analysis;
using TaskPlatform.Worker.Debates;
using TaskPlatform.Worker.Fixing;
using TaskPlatform.Worker.Projects;
using TaskPlatform.Worker.Report;

namespace TaskPlatform.Worker.Agents;

/// <summary>Which agent this process is; <c>Agent:Role</c> says.</summary>
internal static class AgentRole
{
    private const string Setting = "Agent:Role";

    /// <summary>Adds the agent that the configuration names.</summary>
    /// <exception cref="InvalidOperationException">None is named, or one that does not exist.</exception>
    public static void AddNamedAgent(this IHostApplicationBuilder builder)
    {
        var role = builder.Configuration[Setting];
        switch (role)
        {
            case "analyst":
                builder.AddSourceReader();
                builder.Services.AddSingleton<FileAnalyzer>();
                // Two, so that one is handed in and fetched while the other is worked on.
                builder.AddAgent(role, 2).AddHandler<FileToReview, FileAnalysis, AnalystAgent>(ReviewTasks.Analysis);
                break;
            case "coder":
                builder.AddSourceReader();
                builder.Services.AddSingleton<FileFixer>();
                builder.AddAgent(role, 2).AddHandler<FileToReview, FileFixes, CoderAgent>(ReviewTasks.Coding);
                break;
            case "reasoner":
                builder.AddSummary();
                builder.Services.AddSingleton<ReportWriter>();
                builder.Services.AddSingleton(TimeProvider.System);
                builder.Services.AddSingleton<FindingDebates>();
                // One for the report, one for its turn in the debates that the report waits for.
                builder.AddAgent(role, 2).AddHandler<ReviewToSummarize, ReviewReport, ReasonerAgent>(ReviewTasks.Reasoning);
                break;
            case "demo":
                builder.AddDemoAgent(role);
                break;
            default:
                throw new InvalidOperationException(
                    $"{Setting} is {(string.IsNullOrEmpty(role) ? "not set" : $"'{role}'")}. Set it (or the variable Agent__Role) to analyst, coder, reasoner or demo.");
        }
    }

    private static AgentBuilder AddAgent(this IHostApplicationBuilder builder, string role, int atOnce) => builder.AddAgent(o =>
    {
        o.AgentId = role;
        o.Queue = ReviewTasks.Queue;
        o.MaxConcurrency = atOnce;
    }).AddDebater(capability: null, (turn, _, _) => Task.FromResult(RuleSets.Answer(role, turn)));

    // What analyst and coder share: the folder, the projects in it, the analyzers.
    private static void AddSourceReader(this IHostApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection("Reviews").Get<ReviewOptions>() ?? new ReviewOptions();
        var root = new ReviewRoot(options.Root
            ?? throw new InvalidOperationException("Reviews:Root is not set. Set it (or the variable Reviews__Root) to the folder that reviews may read."));
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(root);
        builder.Services.AddSingleton<ReviewedProjects>();
        builder.Services.AddSingleton(AnalyzerSet.Load());
    }
}
