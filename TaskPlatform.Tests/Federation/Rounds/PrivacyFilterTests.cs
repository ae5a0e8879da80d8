using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TaskPlatform.Api.Federation;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Privacy;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Schema;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>What leaves a node: numbers of the schema under masks, and nothing else of any task.</summary>
public sealed class PrivacyFilterTests(RedisServer store) : IClassFixture<RedisServer>
{
    /// <summary>Stands in every text of the tasks.</summary>
    private const string Secret = "Zanzibar";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rounds_WithWorkInTheQueue_SendNothingThatStandsInATask()
    {
        using var lab = new RoundLab(nodes: 3, sigma: 12);
        var sent = new Capture();
        await using var aggregator = await AggregatorHost.StartAsync(lab, sent.SeeAsync);
        await using var others = RoundServiceTests.Start(lab, lab.Lanes(seed: 1), [1, 2], lab.Terms);
        await using var node = await NodeHost.StartAsync(lab, store);
        await WorkAsync(node);

        var first = await aggregator.NextOfAsync(nodes: 3);
        await aggregator.NextOfAsync(nodes: 3, first.Round);

        var all = sent.Text(of: "node0");
        Assert.Contains("Signature-Input:", all, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("TF\u0001\0\u0006", all, StringComparison.Ordinal); // a masked input
        Assert.DoesNotContain(Secret, all, StringComparison.OrdinalIgnoreCase);
        await PlantAsync(node);
        Assert.Contains(Secret, sent.Text(of: "node0"), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Lanes_OfARelease_AreTheCountsOfTheSchemaAndNoOthers()
    {
        using var lab = new RoundLab(nodes: 3, sigma: 12);
        await using var node = await NodeHost.StartAsync(lab, store);
        await WorkAsync(node);
        var filter = node.Services.GetRequiredService<PrivacyFilter>();
        var queue = node.Services.GetRequiredService<CountedQueue>();
        await Queues.Until.TrueAsync(() => filter.Ended == 2, Token);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

        var lanes = (await queue.PrepareAsync(new ReleaseWindow(long.MinValue, now), Token))().ToArray();
        var next = (await queue.PrepareAsync(new ReleaseWindow(now, now + 60_000), Token))().ToArray();

        // One coding task waits; of the types without a name of their own one runs, one completed and one failed, each in less than a second.
        var expected = new NodeFigures(lab.File.Schema).Queued("coding", 1).Running(SummarySchema.Other, 1)
            .Ended(SummarySchema.Other, true, TimeSpan.Zero).Ended(SummarySchema.Other, false, TimeSpan.Zero).Whole(2, 4);
        Assert.Equal(expected.Lanes.ToArray(), lanes);
        Assert.Equal(new NodeFigures(lab.File.Schema).Whole(0, 4).Lanes.ToArray(), next);
    }

    [Fact]
    public async Task Rounds_WhenTheBudgetIsSpent_GoOnWithoutTheNodeAndItsHealthSaysSo()
    {
        using var lab = new RoundLab(nodes: 3, sigma: 12, stageSeconds: 1);
        var sent = new Capture();
        await using var aggregator = await AggregatorHost.StartAsync(lab, sent.SeeAsync);
        await using var others = RoundServiceTests.Start(lab, lab.Lanes(seed: 1), [1, 2], lab.Terms);
        await using var node = await NodeHost.StartAsync(lab, store, ("Federation:ReleasesPerDay", "1"));

        await Queues.Until.TrueAsync(() => node.Manager.Trouble is not null, Token);

        var health = await node.HealthAsync();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.Contains("privacy budget is spent", health.Description, StringComparison.Ordinal);
        var refused = sent.Rounds(of: "node0", stage: 1).Max();
        await Queues.Until.TrueAsync(() => sent.Rounds(of: "node0", stage: 1).Max() > refused, Token); // it goes on asking
        Assert.Single(sent.Rounds(of: "node0", stage: 2));
    }

    [Fact]
    public async Task Start_DamagedLedger_ServesTheQueueAndReleasesNothing()
    {
        using var lab = new RoundLab(nodes: 3, sigma: 12);
        var data = Directory.CreateTempSubdirectory("damaged").FullName;
        await File.WriteAllBytesAsync(Path.Combine(data, FederatedTaskManager.LedgerFile), Enumerable.Repeat((byte)7, 256).ToArray(), Token);
        await using (var node = await NodeHost.StartAsync(lab, store, ("Federation:Data", data)))
        {
            await Queues.Until.TrueAsync(() => node.Manager.Trouble is not null, Token);

            Assert.Contains("damaged", (await node.HealthAsync()).Description, StringComparison.Ordinal);
            Assert.IsType<Outcome.TaskAnswer>(await node.SendAsync(new Command.Submit(new TaskSubmission { Id = "t", Type = "coding", Body = new TaskBody() })));
        }
        Directory.Delete(data, recursive: true);
    }

    [Theory]
    [InlineData("Federation:NodeId", "")]
    [InlineData("Federation:NodeId", "two words")]
    [InlineData("Federation:File", "")]
    [InlineData("Federation:Keys", "")]
    [InlineData("Federation:Data", "")]
    [InlineData("Federation:Policy", "greedy")]
    [InlineData("Federation:ReleasesPerDay", "0")]
    public async Task Start_BadSetting_IsRefused(string key, string value)
    {
        using var lab = new RoundLab(nodes: 3, sigma: 12);

        await Assert.ThrowsAsync<OptionsValidationException>(() => NodeHost.StartAsync(lab, store, (key, value)));
    }

    [Fact]
    public async Task Start_NotSwitchedOn_HasNobodyWhoCouldTell()
    {
        using var lab = new RoundLab(nodes: 3, sigma: 12);
        await using var node = await NodeHost.StartAsync(lab, store, ("Federation:Enabled", "false"));

        Assert.Null(node.Services.GetService<FederatedTaskManager>());
        Assert.Null(node.Services.GetService<FederationClient>());
    }

    private static async Task WorkAsync(NodeHost node)
    {
        await node.SendAsync(new Command.RegisterAgent($"agent-{Secret}", ["general"], 4));
        string[] types = [$"runs-{Secret}", $"completes-{Secret}", $"fails-{Secret}"];
        foreach (var type in (string[])["coding", .. types]) await node.SendAsync(new Command.Submit(Task(type)));
        var (_, completes, fails) = (await ClaimAsync(node, types[0]), await ClaimAsync(node, types[1]), await ClaimAsync(node, types[2]));
        await node.SendAsync(new Command.Complete(completes.Id, completes.Lease!.Token, Encoding.UTF8.GetBytes($"\"result {Secret}\""), null, null));
        await node.SendAsync(new Command.Fail(fails.Id, fails.Lease!.Token, new TaskError($"type-{Secret}", $"message {Secret}", Retryable: false), null));
    }

    private static TaskSubmission Task(string type) => new()
    {
        Id = $"id-{Secret}-{type}",
        Type = type,
        Labels = ImmutableSortedDictionary<string, string>.Empty.Add($"label-{Secret}", $"value-{Secret}"),
        Body = new TaskBody { Description = $"description {Secret}", Payload = Encoding.UTF8.GetBytes($$"""{"payload":"{{Secret}}"}""") },
    };

    private static async Task<TaskItem> ClaimAsync(NodeHost node, string type) =>
        Assert.IsType<Outcome.Claimed>(await node.SendAsync(new Command.Claim($"agent-{Secret}", null, [type], 1, 0, null, null))).Grants.Single().Task;

    /// <summary>What the test must find: a text of a task, sent by the node's own client.</summary>
    private static Task PlantAsync(NodeHost node) =>
        node.Services.GetRequiredService<FederationClient>().ExchangeAsync(new RoundPosition(1, 0), Encoding.UTF8.GetBytes($"id-{Secret}"), Token);

    /// <summary>All that members send: address, headers and body of each request.</summary>
    private sealed class Capture
    {
        private readonly ConcurrentQueue<(string Sender, string Position, string Text)> _requests = [];

        public async Task SeeAsync(HttpContext context)
        {
            var request = context.Request;
            request.EnableBuffering();
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, context.RequestAborted);
            request.Body.Position = 0;
            var headers = string.Concat(request.Headers.Select(header => $"{header.Key}: {header.Value}\n"));
            var input = request.Headers["Signature-Input"].ToString();
            var position = body.Length > 0 ? request.Headers[RoundPosition.Header].ToString() : "";
            _requests.Enqueue((input, position, $"{request.Method} {request.Path}{request.QueryString}\n{headers}\n{Encoding.Latin1.GetString(body.ToArray())}\n"));
        }

        public string Text(string of) => string.Concat(Of(of).Select(request => request.Text));

        /// <summary>The rounds in which a member answered the message of a stage.</summary>
        public IReadOnlyList<ulong> Rounds(string of, int stage) =>
        [
            .. Of(of).Select(request => RoundPosition.TryParse(request.Position, out var position) ? position : default)
                .Where(position => position.Round > 0 && position.Stage == stage).Select(position => position.Round).Distinct(),
        ];

        private IEnumerable<(string Sender, string Position, string Text)> Of(string member) =>
            _requests.Where(request => request.Sender.Contains($"\"{member}\"", StringComparison.Ordinal));
    }
}
