using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskPlatform.Client;
using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Api;
using TaskPlatform.Tests.Client;
using TaskPlatform.Worker.Agents;

namespace TaskPlatform.Tests.Worker;

/// <summary>The agent of demonstrations, against the real service.</summary>
public sealed class DemoAgentTests(SharedApi shared) : IAsyncLifetime
{
    private const string Queue = "default";

    private RealAgent _caller = null!;
    private IHost _agent = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var address = (await shared.HostAsync()).Address.Http;
        _caller = RealAgent.None(address);
        _agent = Build(address, new() { ["Agent:Role"] = "demo", ["Agent:Node"] = "here", ["Agent:Slots"] = "2" });
        await _agent.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.StopAsync(CancellationToken.None);
        _agent.Dispose();
        await _caller.DisposeAsync();
    }

    [Theory]
    [InlineData("demo")]
    [InlineData("demo-local")]
    public async Task Handle_OfATask_WorksAsLongAsItSaysAndTellsWhoDidIt(string type)
    {
        var task = await DoAsync(type, """{"milliseconds": 300}""");

        Assert.Equal(TaskState.Completed, task.State);
        var result = task.Result!.Value.To<JsonElement>(JsonSerializerOptions.Web);
        Assert.Equal("here", result.GetProperty("node").GetString());
        Assert.Equal("demo", result.GetProperty("agent").GetString());
        var startedAt = result.GetProperty("startedAt").GetDateTimeOffset();
        Assert.InRange((task.FinishedAt!.Value - startedAt).TotalSeconds, 0.29, 10); // times are told in milliseconds
        Assert.InRange(startedAt, task.CreatedAt, task.FinishedAt.Value);
        Assert.Equal((1, "at here"), (task.Progress, task.Message));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60_001)]
    public async Task Handle_OfATimeThatIsNone_FailsOnceAndSaysWhatToGive(int milliseconds)
    {
        var task = await DoAsync("demo", $$"""{"milliseconds": {{milliseconds}}}""");

        Assert.Equal(TaskState.Failed, task.State);
        Assert.Equal(1, task.Attempt);
        Assert.Equal($"milliseconds is {milliseconds}. Give 1 to 60000.", task.Error!.Message);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    public void Start_WithSlotsOutOfRange_SaysWhatToSet(string slots)
    {
        var error = Assert.Throws<InvalidOperationException>(() => Build(new Uri("http://127.0.0.1:1"), new() { ["Agent:Role"] = "demo", ["Agent:Slots"] = slots }));

        Assert.StartsWith($"Agent:Slots is {slots}.", error.Message, StringComparison.Ordinal);
    }

    private async Task<TaskInfo> DoAsync(string type, string payload)
    {
        var submitted = await _caller.Client.SubmitAsync(Queue, new SubmitTask { Type = type, Payload = RawJson.Parse(payload) }, cancellationToken: Token);
        return await _caller.Client.GetAsync(Queue, submitted.Id, TimeSpan.FromSeconds(60), Token);
    }

    private static IHost Build(Uri service, Dictionary<string, string?> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddLogging().AddMetrics();
        builder.AddTaskPlatformClient("api", o => o.Address = service);
        builder.AddNamedAgent();
        return builder.Build();
    }
}
