using System.Diagnostics;
using StackExchange.Redis;
using TaskPlatform.Api.Store;
using TaskPlatform.Client.Wire;
using TaskPlatform.Tests.Queues;
using TaskPlatform.Tests.Servers;

namespace TaskPlatform.Tests.Chaos;

/// <summary>Makes faults happen, and heals them.</summary>
internal sealed class Accidents(ITestServer redis, IReadOnlyList<ApiProcess> apis, AgentProcess? agent, FullDisk? disk, bool syncsAlways, ChaosHistory history)
{
    private static readonly TimeSpan RingReaches = TimeSpan.FromSeconds(4);

    public async Task HappenAsync(Fault fault, CancellationToken gone)
    {
        await Task.Delay(fault.AfterMs, gone);
        await (fault.Kind switch
        {
            FaultKind.KillApi => ForATimeAsync(apis[0].KillAsync, apis[0].StartAgainAsync, fault, gone),
            FaultKind.KillRedis => ForATimeAsync(redis.KillAsync, redis.RestartAsync, fault, gone),
            FaultKind.KillAgent => ForATimeAsync(agent!.KillAsync, agent!.StartAgainAsync, fault, gone),
            FaultKind.PauseApi => ForATimeAsync(apis[0].StopAsync, apis[0].ContinueAsync, fault, gone),
            FaultKind.PauseRedis => ForATimeAsync(redis.StopAsync, redis.ContinueAsync, fault, gone),
            FaultKind.PauseAgent => ForATimeAsync(agent!.StopAsync, agent!.ContinueAsync, fault, gone),
            FaultKind.StoreNetwork => HarmAsync([apis[0].Redis], fault, gone),
            FaultKind.ClientNetwork => HarmAsync([apis[0].Callers, apis[0].Streams], fault, gone),
            FaultKind.CutFile => CutFileAsync((RedisServer)redis, fault, gone),
            FaultKind.FullMemory => FillMemoryAsync(fault, gone),
            FaultKind.FullDisk => FillDiskAsync(fault, gone),
            FaultKind.OtherOwner => LoseOwnerAsync(fault, gone),
            _ => throw new UnreachableException($"No way to make {fault.Kind} happen."),
        });
    }

    private static async Task ForATimeAsync(Func<Task> harm, Func<Task> heal, Fault fault, CancellationToken gone)
    {
        await harm();
        await Task.Delay(fault.ForMs, gone);
        await heal();
    }

    private static async Task HarmAsync(IReadOnlyList<TcpProxy> networks, Fault fault, CancellationToken gone)
    {
        switch (fault.Way % 5)
        {
            case 0:
                All(network => network.Refuses = true);
                All(network => network.Cut());
                await Task.Delay(fault.ForMs, gone);
                All(network => network.Refuses = false);
                break;
            case 1:
                All(network => network.DelayMs = 400);
                await Task.Delay(fault.ForMs, gone);
                All(network => network.DelayMs = 0);
                break;
            case 2:
                for (var left = fault.ForMs; left > 0; left -= 400)
                {
                    All(network => network.Cut());
                    await Task.Delay(400, gone);
                }
                break;
            case 3:
                All(network => network.EndAnswers());
                await Task.Delay(fault.ForMs, gone);
                All(network => network.Cut());
                break;
            default:
                All(network => network.SwallowsAnswers = true);
                await Task.Delay(fault.ForMs, gone);
                All(network => network.SwallowsAnswers = false);
                All(network => network.Cut());
                break;
        }

        void All(Action<TcpProxy> harm)
        {
            foreach (var network in networks) harm(network);
        }
    }

    /// <summary>
    /// The file loses what was written to it within the last seconds. The Api, while it lives, has that still; where it dies too, it is lost and nobody can
    /// know: then only what is answered afterwards counts.
    /// </summary>
    private async Task CutFileAsync(RedisServer server, Fault fault, CancellationToken gone)
    {
        var (file, clock) = (AppendOnlyFile.Of(server), Stopwatch.StartNew());
        var before = file.Length;
        await Task.Delay(fault.ForMs, gone);
        if (fault.Way == 1) await apis[0].KillAsync();
        await server.KillAsync();
        // On a machine that was held up for so long, what is cut off could be older than what the Api keeps.
        if (clock.Elapsed < RingReaches) file.CutTo(before + (file.Length - before) * (fault.AfterMs % 100) / 100);
        if (fault.Way == 1) history.StoreGoesBack();
        await server.RestartAsync();
        if (fault.Way == 1) await apis[0].StartAgainAsync();
    }

    private async Task FillMemoryAsync(Fault fault, CancellationToken gone)
    {
        await using var admin = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        await Patient(() => admin.GetDatabase().StringSetRangeAsync("filler", ChaosRedis.MaxMemory, "x"), gone);
        await Until.TrueAsync(async () =>
        {
            await Task.Delay(50, gone);
            return history.Unknowns.ContainsKey(ProblemTypes.StoreFull);
        }, gone);
        await Task.Delay(fault.ForMs, gone);
        await Patient(() => admin.GetDatabase().KeyDeleteAsync("filler"), gone);
    }

    private async Task FillDiskAsync(Fault fault, CancellationToken gone)
    {
        await disk!.FillAsync(gone);
        await Task.Delay(fault.ForMs, gone);
        disk.Free();
        // With appendfsync always Redis exits rather than go on without its file.
        if (syncsAlways) await redis.RestartAsync();
    }

    private async Task LoseOwnerAsync(Fault fault, CancellationToken gone)
    {
        var (harm, heal) = ((Func<Task>, Func<Task>))((fault.Way % 3) switch
        {
            0 => (apis[0].StopAsync, apis[0].ContinueAsync),
            1 => (apis[0].KillAsync, apis[0].StartAgainAsync),
            _ => (() => CutOff(apis[0].Redis, true), () => CutOff(apis[0].Redis, false)),
        });
        await ForATimeAsync(harm, heal, fault, gone);
    }

    private static Task CutOff(TcpProxy network, bool isCut)
    {
        network.Refuses = isCut;
        network.Cut();
        return Task.CompletedTask;
    }

    // Another fault may have its way with Redis at the same time.
    private static async Task Patient(Func<Task> call, CancellationToken gone)
    {
        while (true)
        {
            try
            {
                await call();
                return;
            }
            catch (Exception failure) when (RedisFailures.IsUnavailable(failure) && !gone.IsCancellationRequested)
            {
                await Task.Delay(50, gone);
            }
        }
    }
}
