using System.Globalization;
using System.Text;
using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Routing;

/// <summary>Who answers the questions.</summary>
internal enum Strategy
{
    Best,
    Cheapest,
    Random,
    Oracle,
    RouteByVerifier,
    RouteByConfidence,
}

/// <summary>What the questions of a run cost, and how many were answered rightly.</summary>
/// <param name="Cost">Per question, verdicts included.</param>
/// <param name="Quality">The share of right answers among all questions.</param>
/// <param name="Seconds">From the submit to the end, on average.</param>
internal readonly record struct RoutingFigures(double Cost, double Quality, double Seconds);

/// <summary>Discrete events around the real engine: questions come, agents answer, verifiers judge, the route learns.</summary>
internal sealed class RoutingRun
{
    private const long BetweenMs = 1_000;
    private const long StartUnixMs = 1_700_000_000_000;
    private const int AgentSlots = 1_000;
    private const string Route = "answers";
    private const string Verifier = "check";

    private readonly Question[] _questions;
    private readonly Strategy _strategy;
    private readonly Random _random;
    private readonly TaskEngine _engine;
    private readonly PriorityQueue<Action, (long Ms, int Order)> _events = new();
    private readonly bool[] _isRight;
    private long _nowMs;
    private int _order;
    private int _over;
    private double _cost;
    private double _seconds;
    private int _right;
    private UInt128 _lastToken;

    public RoutingRun(Question[] questions, Strategy strategy, int seed)
    {
        (_questions, _strategy, _random, _isRight) = (questions, strategy, new Random(seed), new bool[questions.Length]);
        _engine = new TaskEngine(new EngineLimits(), () => ++_lastToken, _random.NextDouble, (_, _) => null);
        foreach (var model in Models.All) Apply(new Command.RegisterAgent(model.Name, ["hard_qa", "simple_qa", model.Name], AgentSlots));
        Apply(new Command.RegisterAgent(Verifier, [Verifier], AgentSlots));
        if (strategy is Strategy.RouteByVerifier or Strategy.RouteByConfidence) Apply(new Command.PutRoute(Route, Spec()));
        for (var number = 0; number < questions.Length; number++)
        {
            var arrived = number;
            At(number * BetweenMs, () => Submit(arrived));
        }
    }

    private Moment Now => new(1_000 + _nowMs, StartUnixMs + _nowMs);

    public RoutingFigures Run()
    {
        while (_over < _questions.Length)
        {
            var due = _engine.NextDeadline.TickMs is var tick && tick == Moment.Never ? long.MaxValue : tick - 1_000;
            if (_events.TryPeek(out _, out var next) && next.Ms <= due)
            {
                _nowMs = next.Ms;
                _engine.Tick(Now);
                _events.Dequeue()();
            }
            else
            {
                _nowMs = Math.Max(_nowMs, due);
                _engine.Tick(Now);
            }
            Advance();
        }
        return new RoutingFigures(_cost / _questions.Length, (double)_right / _questions.Length, _seconds / _questions.Length);
    }

    private RouteSpec Spec() => new()
    {
        Candidates = [.. Models.All.Select(model => new RouteCandidate(model.Name) { CostPerTask = model.Cost, Quality = model.Prior, Seconds = model.Seconds })],
        Verifier = _strategy == Strategy.RouteByVerifier ? Verifier : null,
        VerifierCost = _strategy == Strategy.RouteByVerifier ? Models.VerdictCost : 0,
        MinimumConfidence = _strategy == Strategy.RouteByConfidence ? Models.SureEnough : 0,
    };

    private void Submit(int number)
    {
        var model = _strategy switch
        {
            Strategy.Best => Models.Best,
            Strategy.Cheapest => Models.All[0],
            Strategy.Random => Models.All[_random.Next(Models.All.Length)],
            Strategy.Oracle => Models.ForDifficulty(_questions[number].Difficulty),
            _ => null,
        };
        var body = model is null ? new TaskBody { Flow = new TaskFlow { Route = Route } } : new TaskBody { Capabilities = [model.Name] };
        Apply(new Command.Submit(new TaskSubmission { Id = number.ToString(CultureInfo.InvariantCulture), Type = _questions[number].Type, Body = body }));
    }

    /// <summary>What an event set off, and everybody takes what there is.</summary>
    private void Advance()
    {
        do
        {
            do _engine.Advance(Now);
            while (_engine.HasWork);
            foreach (var change in _engine.TakeChanges().Tasks) Look(change.Task);
            _engine.TakeEvents();
        }
        while (Claim());
    }

    private void Look(TaskItem task)
    {
        if (!task.State.IsFinal() || task.IsVerifier) return;
        _over++;
        _seconds += (_nowMs + StartUnixMs - task.CreatedUnixMs) / 1000.0;
        if (task.State == TaskState.Completed && _isRight[Number(task.Id)]) _right++;
        _engine.Unload(task);
    }

    private bool Claim()
    {
        var isAny = false;
        foreach (var agent in Models.All.Select(model => model.Name).Append(Verifier))
        {
            var claimed = (Outcome.Claimed)Apply(new Command.Claim(agent, null, null, 100, 0, 600_000, null));
            isAny |= !claimed.Grants.IsEmpty;
            foreach (var grant in claimed.Grants) Begin(agent, grant.Task);
        }
        return isAny;
    }

    private void Begin(string agent, TaskItem task)
    {
        if (agent == Verifier) At(_nowMs + (long)(1000 * Models.VerdictSeconds), () => Judge(task));
        else
        {
            var model = Models.All.First(model => model.Name == agent);
            At(_nowMs + (long)(1000 * model.Seconds), () => Answer(model, task));
        }
    }

    private void Answer(Model model, TaskItem task)
    {
        var number = Number(task.Id);
        var isRight = _isRight[number] = _random.NextDouble() < model.Passes(_questions[number].Difficulty);
        var sure = (isRight ? Models.SureWhenRight : Models.SureWhenWrong) + Models.SureSpread * Normal();
        Complete(task, "0", model.Cost, Math.Clamp(sure, 0, 1));
    }

    private void Judge(TaskItem task)
    {
        var isRight = _isRight[Number(task.ParentId!)];
        var passes = _random.NextDouble() < (isRight ? Models.PassesRight : 1 - Models.CatchesWrong);
        Complete(task, passes ? """{"pass":true}""" : """{"pass":false}""", Models.VerdictCost, null);
    }

    private void Complete(TaskItem task, string result, double cost, double? confidence)
    {
        _cost += cost;
        Apply(new Command.Complete(task.Id, task.Lease!.Token, Encoding.UTF8.GetBytes(result), new Usage(0, cost), confidence));
    }

    /// <summary>Box and Muller, 1958.</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    private Outcome Apply(Command command)
    {
        var outcome = _engine.Apply(command, Now);
        return outcome is Outcome.Refused { Refusal: var refusal } ? throw new InvalidOperationException($"{command}: {refusal.Detail}") : outcome;
    }

    private void At(long ms, Action happens) => _events.Enqueue(happens, (ms, _order++));

    private static int Number(string task) => int.Parse(task, CultureInfo.InvariantCulture);
}
