using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Client;

namespace TaskPlatform.Tests.Client;

/// <summary>A clock that tells which timers were set, so that a test moves it when somebody really waits.</summary>
internal sealed class TellingTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _timers = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TellingTimer(base.CreateTimer(callback, state, dueTime, period), _timers.Writer);
        _timers.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Returns when somebody has set a timer of this length.</summary>
    public async Task TimerAsync(TimeSpan dueTime)
    {
        while (await _timers.Reader.ReadAsync(TestContext.Current.CancellationToken) != dueTime)
        {
        }
    }

    // Cancellation sources make their timer first and set it afterwards.
    private sealed class TellingTimer(ITimer timer, ChannelWriter<TimeSpan> told) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            told.TryWrite(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}

internal static class ClientHost
{
    /// <summary>A program with the client and nothing else.</summary>
    public static HostApplicationBuilder Builder(ScriptedService service, TimeProvider? time = null, TimeSpan? attemptTimeout = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        if (time is not null) builder.Services.AddSingleton(time);
        builder.AddTaskPlatformClient("api", options =>
        {
            options.Address = service.Address;
            options.AttemptTimeout = attemptTimeout ?? TimeSpan.FromSeconds(12);
            options.RetryDelay = TimeSpan.Zero;
            options.MaxRetryDelay = TimeSpan.Zero;
        });
        return builder;
    }

    public static TaskPlatformClient Client(this IHost host) => host.Services.GetRequiredService<TaskPlatformClient>();
}
