using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;
using TaskPlatform.Federation.Protocol.Privacy;
using TaskPlatform.Tests.Engine;
using TaskPlatform.Tests.Federation.Privacy;

namespace TaskPlatform.Tests.Federation.Rounds;

/// <summary>
/// Whatever becomes of tasks, rounds, clocks and the process: no task is in more than two loads and one completion. The engine and the ledger are the real ones; each task has a
/// type of its own, so that it can be told in figures.
/// </summary>
public sealed class CapModelTests
{
    private const int Steps = 150;

    [Fact]
    public void Life_OfManyTasks_IsInAtMostTwoLoadsAndOneCompletion()
    {
        var most = (Loads: 0, Ends: 0);
        for (var seed = 1; seed <= 60; seed++)
        {
            using var run = new Run(seed);
            run.Go();
            Assert.All(run.Loads, task => Assert.True(task.Value <= ReleaseCap.LoadReleases, $"Seed {seed}: {task.Key} is in {task.Value} loads."));
            Assert.All(run.Ends, task => Assert.True(task.Value <= 1, $"Seed {seed}: {task.Key} ended {task.Value} times."));
            most = (Math.Max(most.Loads, run.Loads.Values.Max()), Math.Max(most.Ends, run.Ends.Values.DefaultIfEmpty().Max()));
        }
        Assert.Equal((2, 1), most); // or nothing was tested
    }

    private sealed class Run(int seed) : IDisposable
    {
        private readonly Random _random = new(seed);
        private readonly LedgerFile _file = new();
        private readonly EngineRig _rig = new() { Watches = false };
        private readonly List<string> _tasks = [];
        private PrivacyLedger? _ledger;
        private long _round;

        public Dictionary<string, int> Loads { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, int> Ends { get; } = new(StringComparer.Ordinal);

        public void Go()
        {
            // The aggregator's clock is up to half a minute off.
            var skew = _random.Next(-30_000, 30_000);
            for (var step = 0; step < Steps; step++)
            {
                _rig.Sleep(_random.Next(3_000));
                if (_random.Next(20) == 0) _rig.SetWallClock(_random.Next(-20_000, 20_000));
                Batch();
                if (_random.Next(3) == 0) Round(skew);
                if (_random.Next(25) == 0) Crash();
            }
        }

        /// <summary>Some commands whose events are told when all have been applied.</summary>
        private void Batch()
        {
            _rig.BeginBatch();
            for (var left = _random.Next(1, 4); left > 0; left--) _rig.ApplyInBatch(Command());
            _rig.Engine.Advance(_rig.Now);
            foreach (var happened in _rig.Engine.TakeEvents())
            {
                if (TaskEnd.Of(happened, _rig.Now.UnixMs) is not null) Count(Ends, happened.Task.Id);
            }
            _rig.Commit();
        }

        private Command Command() => (_random.Next(6), _tasks.Count) switch
        {
            (0 or 1, _) or (_, 0) => Submit(),
            (2, _) => new Command.Cancel(Any(), null),
            (3, _) => new Command.Retry(Any()),
            _ => Work(),
        };

        private Command.Submit Submit()
        {
            var id = $"task{_tasks.Count}";
            _tasks.Add(id);
            var deadline = _random.Next(4) == 0 ? _rig.Now.UnixMs + _random.Next(10_000) : (long?)null;
            return new Command.Submit(new TaskSubmission { Id = id, Type = id, DeadlineUnixMs = deadline, Body = new TaskBody() });
        }

        /// <summary>Takes a task if there is one, or ends one that was taken.</summary>
        private Command Work()
        {
            if (_rig.Engine.Apply(new Command.Claim("agent", null, [.. _tasks], 1, 0, null, null), _rig.Now) is not Outcome.Claimed { Grants: [{ Task: var task }, ..] }) return Submit();
            var token = task.Lease!.Token;
            return _random.Next(3) switch
            {
                0 => new Command.Complete(task.Id, token, null, null, null),
                1 => new Command.Fail(task.Id, token, new TaskError("x", "y", Retryable: _random.Next(2) == 0), null),
                _ => new Command.Release(task.Id, token),
            };
        }

        /// <summary>A round that the node is asked for: it may end before it is paid for, and what is paid for may be lost.</summary>
        private void Round(long skew)
        {
            _round = Math.Max(_round + 1, _rig.Now.UnixMs + skew);
            _ledger ??= _file.Open(long.MaxValue);
            var window = ReleaseWindow.Of(_ledger, _round);
            var figures = Assert.IsType<Outcome.Figures>(_rig.Apply(new Command.GetFigures([.. _tasks], window.AfterUnixMs, window.UntilUnixMs)));
            if (_random.Next(4) == 0) return;
            Assert.Equal(DebitResult.Debited, _ledger.Debit(LedgerNoise.Tenant, 1, _round, LedgerFile.Price));
            foreach (var type in figures.Types.Where(type => type.Type is not null && type.Queued + type.Running > 0)) Count(Loads, type.Type!);
        }

        private void Crash()
        {
            _ledger?.Dispose();
            _ledger = null;
            _rig.Reload(_random.Next(5_000));
        }

        private string Any() => _tasks[_random.Next(_tasks.Count)];

        private static void Count(Dictionary<string, int> counts, string task) => counts[task] = counts.GetValueOrDefault(task) + 1;

        public void Dispose()
        {
            _ledger?.Dispose();
            _file.Dispose();
        }
    }
}
