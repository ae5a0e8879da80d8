using System.ComponentModel;
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Federation.Protocol.Suites;

namespace TaskPlatform.Benchmarks.Aggregation;

/// <summary>What a round of secure aggregation costs: docs/federation.md.</summary>
internal sealed class AggregationCommand : Command<AggregationCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : CommandSettings
    {
        /// <summary>The primitives.</summary>
        [CommandOption("--suite")]
        [Description("1: P-256 and AES; 2: X25519 and ChaCha20.")]
        [DefaultValue(1)]
        public int Suite { get; init; } = 1;

        /// <summary>Nodes of the large round.</summary>
        [CommandOption("--nodes")]
        [Description("Nodes of the large round.")]
        [DefaultValue(1000)]
        public int Nodes { get; init; } = 1000;

        /// <summary>Lanes of the large round.</summary>
        [CommandOption("--lanes")]
        [Description("Lanes of the large round.")]
        [DefaultValue(100_000)]
        public int Lanes { get; init; } = 100_000;

        /// <summary>How many are lost in the large round.</summary>
        [CommandOption("--lost")]
        [Description("The part of the large round's nodes that is lost before its input arrives, in percent.")]
        [DefaultValue(10)]
        public int LostPercent { get; init; } = 10;

        /// <summary>Whether all share with all.</summary>
        [CommandOption("--complete")]
        [Description("The large round on a complete graph instead of a ring.")]
        public bool Complete { get; init; }

        /// <summary>A look whether all of it runs.</summary>
        [CommandOption("--quick")]
        [Description("Few rounds, nodes and lanes: shows that it works, measures nothing.")]
        public bool IsQuick { get; init; }

        public override ValidationResult Validate() =>
            CipherSuites.All.Any(suite => suite.Id == Suite) ? ValidationResult.Success() : ValidationResult.Error("--suite: 1 or 2.");
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var suite = CipherSuites.All.Single(one => one.Id == settings.Suite);
        var table = new Table().Title($"Secure aggregation, suite {suite.Id}").AddColumns("what", "found");

        var small = SmallRounds.Measure(suite, settings.IsQuick ? 3 : 200);
        table.AddRow("8 nodes, 258 lanes: processor time of a node, median and 95th percentile", Text($"{small.NodeMedian:0.00} ms, {small.NodeP95:0.00} ms"));
        table.AddRow("8 nodes, 258 lanes: processor time of the aggregator, median", Text($"{small.AggregatorMedian:0.00} ms"));
        table.AddRow("8 nodes, 258 lanes: bytes sent and received by a node", $"{small.Sent} + {small.Received}");

        var nodes = settings.IsQuick ? 120 : settings.Nodes;
        var lanes = settings.IsQuick ? 500 : settings.Lanes;
        var large = LargeRound.Measure(suite, nodes, lanes, nodes * settings.LostPercent / 100, settings.Complete);
        var title = $"{nodes} nodes, {lanes} lanes, {large.Lost} lost, {large.Degree} neighbours, {large.Threshold} shares";
        foreach (var (stage, seconds) in large.Stages) table.AddRow($"{title}: aggregator, {stage}", Text($"{seconds:0.000} s"));
        table.AddRow($"{title}: aggregator, whole round", Text($"{large.Stages.Sum(stage => stage.Seconds):0.00} s"));
        AnsiConsole.Write(table);
        return 0;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
