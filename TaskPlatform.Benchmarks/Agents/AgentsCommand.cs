using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Spectre.Console.Cli;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>The agents of a measurement, a process of their own: take what comes, complete it, and say how far they are.</summary>
internal sealed class AgentsCommand : AsyncCommand<AgentsCommand.Settings>
{
    /// <summary>What the measurement says.</summary>
    public sealed class Settings : CommandSettings
    {
        /// <summary>All of it.</summary>
        [CommandArgument(0, "<plan>")]
        [Description("An AgentsPlan as JSON.")]
        public string Plan { get; init; } = "";
    }

    /// <summary>Said when the agents have begun to ask for work.</summary>
    public const string Ready = "ready";

    /// <summary>Answered by <see cref="AgentsCounts"/>.</summary>
    public const string Count = "count";

    /// <summary>Lets go of the tasks that are held; answered as <see cref="Count"/>.</summary>
    public const string GoOn = "go on";

    /// <summary>Answered by <see cref="AgentsBusy"/>.</summary>
    public const string Busy = "busy";

    /// <summary>With a rate behind it; answered by <see cref="AgentsLatencies"/>.</summary>
    public const string Latency = "latency ";

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var plan = JsonSerializer.Deserialize<AgentsPlan>(settings.Plan)!;
        var tally = new AgentsTally(plan.IsHolding);
        using var gone = new CancellationTokenSource();
        await using var agents = Agents(plan, tally);
        await agents.StartAsync(gone.Token);
        Console.WriteLine(Ready);

        var work = agents.WorkAsync(gone.Token);
        // The parent's end closes our input: nothing is left behind, however it ended.
        var parent = Task.Run(() => AnswerAsync(tally), CancellationToken.None);
        await await Task.WhenAny(work, parent, tally.Failed);
        await gone.CancelAsync();
        await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }

    private static IMeasuredAgents Agents(AgentsPlan plan, AgentsTally tally) => plan.Kind switch
    {
        AgentsKind.Links => new LinkAgents(plan, tally),
        AgentsKind.Handlers => new HandlerAgents(plan, tally),
        AgentsKind.Calls => new CallAgents(plan, tally),
        _ => throw new UnreachableException($"Agents of an unknown kind: {plan.Kind}"),
    };

    private static async Task AnswerAsync(AgentsTally tally)
    {
        while (await Console.In.ReadLineAsync(CancellationToken.None) is { } asked)
        {
            if (asked == GoOn) tally.GoOn();
            Console.WriteLine(asked switch
            {
                Busy => JsonSerializer.Serialize(tally.Busy.Now),
                _ when asked.StartsWith(Latency, StringComparison.Ordinal) =>
                    JsonSerializer.Serialize(tally.Latencies(double.Parse(asked[Latency.Length..], CultureInfo.InvariantCulture))),
                _ => JsonSerializer.Serialize(tally.Counts),
            });
        }
    }
}
