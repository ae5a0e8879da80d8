using TaskPlatform.Tests.Store;

namespace TaskPlatform.Tests.Simulation;

/// <summary>What goes wrong, until the world is calm.</summary>
internal sealed partial class QueueWorld
{
    /// <summary>By then every call of a dead process has been run, or never will be.</summary>
    private const int AllArrivedMs = 20_000;

    private readonly List<(long AtMs, MemoryContent Content)> _moments = [];
    private long _takenMs = -AllArrivedMs;

    private MemoryContent Content
    {
        get => Server.Read(QueueProcess.Queue);
        set => Server.Replace(QueueProcess.Queue, value, cut: true);
    }

    private async Task AccidentsAsync()
    {
        while (!IsCalm)
        {
            await DelayAsync(_random.Next(50, 1_000));
            _moments.Add((Ms, Content));
            if (_random.Next(12) > 0) continue;
            if (Plan.Kind == WorldKind.Crashes) await LoseTailAsync();
            else if (Plan.Kind == WorldKind.StoreGoesBack && _random.Next(2) == 0) await GoBackAsync();
            else _ = HitAsync(_processes[_random.Next(_processes.Count)]);
        }
        foreach (var process in _processes)
        {
            process.Network.Trouble = 0;
            process.Process.DieAfter(long.MaxValue);
        }
    }

    /// <summary>One process is cut off, stopped or killed, or its clock is stepped.</summary>
    private async Task HitAsync(QueueProcess process)
    {
        var what = _random.Next(8);
        Say($"accident {what} of {process.Instance}");
        if (what == 0) process.Process.DieAfter(_random.Next(1, 300));
        else if (what == 1 && !Plan.Sleeps) process.Process.WallClockOff += TimeSpan.FromSeconds(_random.Next(-100, 100));
        else if (what < 5) await CutOffAsync(process, Long(15_000));
        else if (!process.Process.IsStopped && !process.Process.IsDead) await StopAsync(process.Process, Long(25_000));
    }

    private async Task CutOffAsync(QueueProcess process, int ms)
    {
        process.Network.IsCutOff = true;
        await DelayAsync(ms);
        process.Network.IsCutOff = false;
    }

    private async Task StopAsync(VirtualProcess process, int ms)
    {
        process.Stop();
        await DelayAsync(ms);
        process.Continue(Plan.Sleeps);
    }

    /// <summary>Redis dies with its last unsynced seconds, while their owner lives: he sends them again.</summary>
    private async Task LoseTailAsync()
    {
        var process = _processes[0];
        if (process.Process.IsDead || !process.HasAnswered) return;
        process.Process.DieAfter(long.MaxValue);
        var had = Content.Position;
        await DownAsync(Long(5_000));
        var back = Before(Ms - _random.Next((int)Plan.GoesBack.TotalMilliseconds));
        Say($"the store comes back with {back.Position} after {had}");
        (Content, process.Network.IsDown) = (back, false);
        _moments.Clear();
        while (process.Stopped is null && (Content.Position.Epoch < had.Epoch || Content.Position.Sequence < had.Sequence)) await DelayAsync(100);
        if (!IsCalm) process.Process.DieAfter(_random.Next(1, Plan.LongestLife + 1));
    }

    private async Task GoBackAsync()
    {
        var had = Content.Position;
        await DownAsync(Long(15_000));
        var back = _random.Next(10) == 0 ? MemoryContent.Nothing : Before(Ms - _random.Next((int)Plan.GoesBack.TotalMilliseconds));
        Say($"the store comes back with {back.Position} after {had}");
        if (back.Position != Content.Position) History.StoreWentBack = true;
        Content = back;
        foreach (var process in _processes) process.Network.IsDown = false;
    }

    /// <summary>Mostly short.</summary>
    private int Long(int most) => _random.Next(1, _random.Next(2) == 0 ? 1_500 : most);

    private async Task DownAsync(int ms)
    {
        foreach (var process in _processes) process.Network.IsDown = true;
        await DelayAsync(ms);
    }

    private MemoryContent Before(long ms)
        => _moments.Count == 0 ? Content : _moments.LastOrDefault(moment => moment.AtMs <= ms, _moments[0]).Content;

    // What a predecessor had written is safe. Where nothing of his can still come, the takeover itself may get lost as well.
    private void OnTaken(string instance)
    {
        Say($"{instance} takes the queue at {Content.Position}");
        if (Plan.Kind != WorldKind.Crashes) return;
        _moments.Clear();
        if (Ms - _takenMs > AllArrivedMs) _moments.Add((0, Content));
        _takenMs = Ms;
    }
}
