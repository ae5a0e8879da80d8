using System.Globalization;

namespace TaskPlatform.AppHost.Nodes;

/// <summary>The command line's <c>--nodes N</c>: so many independent nodes around one aggregator, instead of one node with the review's agents.</summary>
internal static class NodesOption
{
    private const string Option = "nodes";

    // Below three there is no sum that tells nobody's own figures: of two nodes each knows the other's by taking off its own.
    private const int Fewest = 3;
    private const int Most = 8;

    /// <summary>How many nodes; 1 is the application as it is without the option. Any other number ends the program at once.</summary>
    public static int NodeCount(this IDistributedApplicationBuilder builder)
    {
        if (builder.Configuration[Option] is not { Length: > 0 } text) return 1;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || (count != 1 && count is < Fewest or > Most))
            Refusal.Exit($"--{Option} is '{text}'. Give {Fewest} to {Most}: fewer cannot keep their figures from each other. 1, or leaving it out, starts one node with the review's agents.");
        if (count > 1 && builder.ExecutionContext.IsPublishMode) Refusal.Exit($"--{Option} is for this machine. What is published is one node: leave it out.");
        return count;
    }
}
