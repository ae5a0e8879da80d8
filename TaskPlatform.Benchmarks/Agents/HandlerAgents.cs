using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using TaskPlatform.Benchmarks.Shared;
using TaskPlatform.Client;

namespace TaskPlatform.Benchmarks.Agents;

/// <summary>
/// A program as its author would write it, with several agents. When a completion was acknowledged it tells by the end of the attempt's span, as
/// any program could hear it.
/// </summary>
internal sealed class HandlerAgents : IMeasuredAgents
{
    private const string Due = "due";

    private readonly AgentsPlan _plan;
    private readonly AgentsTally _tally;
    private readonly IHost _host;
    private readonly ActivityListener _spans;

    public HandlerAgents(AgentsPlan plan, AgentsTally tally)
    {
        (_plan, _tally) = (plan, tally);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        builder.AddTaskPlatformClient("api", options => (options.Address, options.StreamAddress) = (new Uri(plan.Http), new Uri(plan.Streams)));
        foreach (var queue in plan.WarmUpQueue is { } warmUp ? [warmUp, plan.Queue] : (string[])[plan.Queue])
        {
            for (var number = 1; number <= plan.Agents; number++) AddAgent(builder, queue, $"agent-{number}");
        }
        _host = builder.Build();
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "TaskPlatform",
            Sample = (ref _) => ActivitySamplingResult.PropagationData,
            ActivityStopped = Ended,
        };
        ActivitySource.AddActivityListener(_spans);
    }

    public Task StartAsync(CancellationToken gone) => _host.StartAsync(gone);

    public Task WorkAsync(CancellationToken gone) => Task.Delay(Timeout.Infinite, gone);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _spans.Dispose();
    }

    private void AddAgent(IHostApplicationBuilder builder, string queue, string name) => builder
        .AddAgent(agent => (agent.AgentId, agent.Queue, agent.MaxConcurrency, agent.DrainSeconds) = (name, queue, _plan.Credit, 0))
        .AddHandler<string, string>("work", HandleAsync);

    private async Task<string> HandleAsync(string payload, TaskContext context, CancellationToken cancellationToken)
    {
        using var busy = _tally.Busy.Begin();
        var due = StampedPayload.DueOf(payload);
        _tally.Begin(due, context.Attempt);
        Activity.Current!.SetCustomProperty(Due, due);
        if (_plan.IsHolding) await _tally.WentOn.WaitAsync(cancellationToken);
        if (_plan.HandlerMs > 0) await Task.Delay(_plan.HandlerMs, cancellationToken);
        return "done";
    }

    private void Ended(Activity attempt)
    {
        if (attempt.GetCustomProperty(Due) is not long due) return;
        if (attempt.Status != ActivityStatusCode.Error) _tally.Complete(due);
        // Who holds tasks is there to lose some, which is counted as repeated; nobody else may.
        else if (!_plan.IsHolding) _tally.Fail(new InvalidOperationException($"An attempt failed: {attempt.StatusDescription}"));
    }
}
