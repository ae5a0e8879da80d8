using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using TaskPlatform.Client;
using TaskPlatform.Client.Reviews;
using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Api;
using TaskPlatform.Worker.Debates;
using TaskPlatform.Worker.Report;

namespace TaskPlatform.Tests.Worker;

/// <summary>What reviewers think of findings, and how the report tells it.</summary>
public sealed class FindingDebateTests(SharedApi shared)
{
    [Theory]
    [InlineData("analyst", FindingSeverity.Warning, "Style", 1, 0, 0, "keep")]
    [InlineData("analyst", FindingSeverity.Info, "Performance", 1, 0, 0, "keep")]
    [InlineData("analyst", FindingSeverity.Info, "Style", 1, 0, 0, "drop")]
    [InlineData("coder", FindingSeverity.Info, "Style", 1, 0, 0, "keep")] // CA1829 has a fix
    [InlineData("coder", FindingSeverity.Warning, "Style", 2, 2, 0, "drop")] // nothing is left of it
    [InlineData("reasoner", FindingSeverity.Info, "Style", 1, 0, 10, "keep")]
    [InlineData("reasoner", FindingSeverity.Info, "Style", 10, 0, 9, "keep")]
    [InlineData("reasoner", FindingSeverity.Warning, "Style", 9, 0, 9, "drop")]
    public void ByRules_OfAReviewer_GoesByItsOwnRules(string role, FindingSeverity severity, string category, int places, int isFixed, int risk, string expected)
        => Assert.Equal(expected, RuleSets.ByRules(role, Disputed(severity, category, places, isFixed, risk)).Answer);

    [Theory]
    [InlineData("drop@0.9 drop@0.8", "drop")] // alone, and others are surer
    [InlineData("drop@0.9 keep@0.1", "keep")] // not alone
    [InlineData("drop@0.5 drop@0.6", "keep")] // surer than they
    public void Answer_AfterARound_YieldsWhereItStandsAloneAndOthersAreSurer(string others, string expected)
    {
        var turn = Turn(Disputed(FindingSeverity.Info, "Style", 1, 0, 0)) with
        {
            Others = [.. others.Split(' ').Select((said, index) => new DebateOpinion { Seat = index + 2, Answer = said[..4], Confidence = double.Parse(said[5..], System.Globalization.CultureInfo.InvariantCulture), Argument = "so" })],
        };

        Assert.Equal(expected, RuleSets.Answer("coder", turn).Answer);
    }

    [Fact]
    public void Choose_Findings_TakesTheGravestOfEachRuleOnWhichReviewersDiffer()
    {
        var chosen = FindingDebates.Choose(Review());

        Assert.Equal(["CA1829"], chosen.Select(disputed => disputed.Finding.Id)); // CS0103 is a fact, on CA9999 all agree
        Assert.Equal(("Orders.cs", 2, 0, 22), (chosen[0].File, chosen[0].Places, chosen[0].Fixed, chosen[0].Risk));
    }

    [Fact]
    public async Task Debate_AmongTheReviewers_StandsInTheReportWithItsTranscript()
    {
        var api = await shared.HostAsync();
        var agents = new List<IHost>();
        foreach (var role in (string[])["analyst", "coder", "reasoner"]) agents.Add(await StartAsync(api, role));
        var client = agents[0].Services.GetRequiredService<TaskPlatformClient>();
        var review = Review();

        var debates = await new FindingDebates(client, TimeProvider.System, NullLogger<FindingDebates>.Instance)
            .DebateAsync($"review-{Guid.NewGuid():N}", review, TestContext.Current.CancellationToken);
        var report = MarkdownReport.Write(review with { Debates = debates }, "- much", "");
        foreach (var agent in agents) await agent.StopAsync(TestContext.Current.CancellationToken);

        Assert.Contains("### CA1829 in `Orders.cs:16` · kept, 3 of 3", report);
        Assert.Contains("| 1 | analyst | drop | 70 % | a suggestion (Style) |", report);
        Assert.Contains("| 1 | reasoner | keep | 80 % | it stands in a file of risk 22 |", report);
        Assert.Contains("| 2 | analyst | keep | 70 % | Yields: it stands in a file of risk 22 |", report);
    }

    [Fact]
    public void Verdict_WithoutAgreement_IsDisputed() => Assert.Equal("disputed (dropped, 2 of 3)", DebateSection.Verdict(new DebateInfo
    {
        Id = "d", Queue = "q", Verdict = "drop", DecidedBy = "vote",
        Votes = [new DebateVote { Answer = "drop", Seats = [1, 3] }, new DebateVote { Answer = "keep", Seats = [2] }],
    }));

    private static async Task<IHost> StartAsync(ApiHost api, string role)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        builder.AddTaskPlatformClient("api", options => (options.Address, options.StreamAddress) = (api.Address.Http, api.Address.Streams));
        builder.AddAgent(options => (options.AgentId, options.Queue, options.DrainSeconds) = (role, ReviewTasks.Queue, 0))
            .AddDebater(capability: null, (turn, _, _) => Task.FromResult(RuleSets.Answer(role, turn)));
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }

    private static ReviewedFiles Review() => new("shop",
    [
        new("Orders.cs", new FileAnalysis { File = "Orders.cs", Findings = [Found("CS0103", FindingSeverity.Error, 3), Found("CA1829", FindingSeverity.Info, 16), Found("CA1829", FindingSeverity.Info, 29)] }, null),
        new("Prices.cs", new FileAnalysis { File = "Prices.cs", Findings = [Found("CA9999", FindingSeverity.Info, 1)] }, null),
    ]);

    private static DisputedFinding Disputed(FindingSeverity severity, string category, int places, int isFixed, int risk)
        => new() { File = "a.cs", Finding = Found("CA1829", severity, 1) with { Category = category }, Places = places, Fixed = isFixed, Risk = risk };

    private static DebateTurn Turn(DisputedFinding disputed)
        => new() { Debate = "d", Role = "debater", Question = "?", Payload = RawJson.From(disputed, JsonSerializerOptions.Web), Round = 2, MaxRounds = 2 };

    private static Finding Found(string id, FindingSeverity severity, int line)
        => new() { Id = id, Severity = severity, Message = "Use the property", Line = line, Column = 9, Category = "Style" };
}
