using System.Net.Http.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using TaskPlatform.Api.Federation;
using TaskPlatform.Api.Queues;
using TaskPlatform.Api.Store;
using TaskPlatform.Client.Federation;
using TaskPlatform.Engine;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Federation;

/// <summary>A node with real queues reports to a real aggregator.</summary>
public sealed class FederationNodeTests(RedisServer server) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task Report_QueuesWithWork_TellsSumsWithoutNamesOfQueuesOrOtherTypes()
    {
        await using var aggregator = FederationHost.On();
        await using var node = await StartAsync(aggregator);
        await SubmitAsync(node, "one", "t1", "coding");
        await SubmitAsync(node, "two", "t2", "coding");
        await SubmitAsync(node, "two", "t3", "merger-of-acme");

        await node.Services.GetRequiredService<FederationNode>().ReportAsync(TestContext.Current.CancellationToken);

        var text = await ReadAsync(aggregator);
        Assert.Equal(
            """
            {"unfinished":3,"types":[{"type":"coding","counts":{"pending":2,"assigned":0,"in_progress":0,"scheduled":0,"blocked":0,"waiting":0,"completed":0,"failed":0,"cancelled":0}},
            {"type":"other","counts":{"pending":1,"assigned":0,"in_progress":0,"scheduled":0,"blocked":0,"waiting":0,"completed":0,"failed":0,"cancelled":0}}],
            "nodes":[{"nodeId":"north","ageSeconds":0,"stale":false}]}
            """.ReplaceLineEndings(""),
            text);
    }

    [Fact]
    public async Task Report_AggregatorForgotTheNode_RegistersAgain()
    {
        await using var aggregator = FederationHost.On(("Federation:ForgetSeconds", "100"));
        await using var node = await StartAsync(aggregator);
        var reports = node.Services.GetRequiredService<FederationNode>();
        await reports.ReportAsync(TestContext.Current.CancellationToken);
        aggregator.Time.Advance(TimeSpan.FromSeconds(101));
        using var client = aggregator.CreateClient();
        using var other = await client.PutAsJsonAsync("/v1/nodes/south", new NodeRegistration(), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("north", await ReadAsync(aggregator), StringComparison.Ordinal);

        var pause = await reports.ReportAsync(TestContext.Current.CancellationToken);

        Assert.Equal(TimeSpan.FromSeconds(15), pause);
        Assert.Contains("north", await ReadAsync(aggregator), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_AggregatorIsOff_SaysWhy()
    {
        await using var aggregator = new FederationHost();
        await using var node = await StartAsync(aggregator);

        var refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => node.Services.GetRequiredService<FederationNode>().ReportAsync(TestContext.Current.CancellationToken));

        Assert.Contains("federation-disabled", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SwitchedOn_ReportsByItself()
    {
        await using var aggregator = FederationHost.On();
        var reported = new Reported();
        await using var node = await StartAsync(
            aggregator, builder => builder.Services.ConfigureHttpClientDefaults(http => http.AddHttpMessageHandler(() => reported)), reportsByItself: true);

        await reported.First.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Contains("\"nodeId\":\"north\",\"ageSeconds\":0", await ReadAsync(aggregator), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NotSwitchedOn_HasNobodyWhoCouldReport()
    {
        await using var aggregator = FederationHost.On();
        await using var node = await StartAsync(
            aggregator, builder => builder.Configuration["Federation:Enabled"] = "false", reportsByItself: true);

        Assert.DoesNotContain(node.Services.GetServices<IHostedService>(), service => service is FederationReporter);
        Assert.Null(node.Services.GetService<FederationNode>());
    }

    [Theory]
    [InlineData("Federation:NodeId", "")]
    [InlineData("Federation:NodeId", "two words")]
    [InlineData("Federation:Types:0", "other")]
    [InlineData("Federation:Types:0", "Not Allowed")]
    public async Task Start_BadSetting_IsRefused(string key, string value)
    {
        await using var aggregator = FederationHost.On();

        await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(aggregator, builder => builder.Configuration[key] = value));
    }

    private async Task<Node> StartAsync(
        FederationHost aggregator, Action<HostApplicationBuilder>? configure = null, bool reportsByItself = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = server.ConnectionString,
            ["Queues:Instance"] = Guid.NewGuid().ToString(),
            ["Federation:Enabled"] = "true",
            ["Federation:NodeId"] = "north",
            ["services:federation:http:0"] = aggregator.ClientOptions.BaseAddress.ToString(),
        });
        configure?.Invoke(builder);
        builder.AddServiceDefaults();
        builder.AddQueueStore();
        builder.AddQueues();
        builder.AddFederationNode();
        if (!reportsByItself) builder.Services.Remove(builder.Services.Single(service => service.ImplementationType == typeof(FederationReporter)));
        var node = new Node(builder.Build());
        try
        {
            await node.StartAsync(TestContext.Current.CancellationToken);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    private static async Task SubmitAsync(Node node, string queue, string id, string type)
    {
        var owner = await node.Services.GetRequiredService<IQueueOwners>().FindAsync(queue, TestContext.Current.CancellationToken);
        var task = new TaskSubmission { Id = id, Type = type, Body = new TaskBody { Description = "for nobody else" } };
        await owner.SendAsync(new Command.Submit(task), TestContext.Current.CancellationToken);
    }

    private static async Task<string> ReadAsync(FederationHost aggregator)
    {
        using var client = aggregator.CreateClient();
        return await client.GetStringAsync("/v1/federation", TestContext.Current.CancellationToken);
    }

    private sealed class Node(IHost host) : IAsyncDisposable
    {
        public IServiceProvider Services => host.Services;

        public Task StartAsync(CancellationToken cancellationToken) => host.StartAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync(CancellationToken.None);
            host.Dispose();
        }
    }

    /// <summary>Completes when a summary was taken.</summary>
    private sealed class Reported : DelegatingHandler
    {
        private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task First => first.Task;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var answer = await base.SendAsync(request, cancellationToken);
            if (request.RequestUri!.AbsolutePath.EndsWith("/summary", StringComparison.Ordinal) && answer.IsSuccessStatusCode) first.TrySetResult();
            return answer;
        }
    }
}
