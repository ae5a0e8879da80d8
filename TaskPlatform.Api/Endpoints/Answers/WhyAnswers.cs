using System.Diagnostics;
using TaskPlatform.Client.Wire;
using TaskPlatform.Engine;
using Reason = TaskPlatform.Engine.WhyReason;
using WireReason = TaskPlatform.Client.Wire.WhyReason;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Writes why a task is where it is.</summary>
internal static class WhyAnswers
{
    /// <summary>The answer.</summary>
    public static WhyInfo Info(WhyView view) => new()
    {
        State = TaskAnswers.State(view.State),
        Reason = ReasonOf(view.Reason),
        Text = view.Text,
        WaitingFor = view.WaitingFor,
        Position = view.Position,
        ExpectedStart = Times.At(view.ExpectedStartUnixMs),
        Agents = [.. view.Agents.Select(agent => new Client.Wire.AgentFit { AgentId = agent.AgentId, Eligible = agent.IsEligible, Because = agent.Because })],
    };

    /// <summary>A reason as it travels.</summary>
    public static WireReason ReasonOf(string word) => word switch
    {
        Reason.Running => WireReason.Running,
        Reason.Ready => WireReason.Ready,
        Reason.Blocked => WireReason.Blocked,
        Reason.Scheduled => WireReason.Scheduled,
        Reason.Waiting => WireReason.Waiting,
        Reason.Paused => WireReason.Paused,
        Reason.Concurrency => WireReason.Concurrency,
        Reason.Rate => WireReason.Rate,
        Reason.Budget => WireReason.Budget,
        Reason.NoAgent => WireReason.NoAgent,
        Reason.Finished => WireReason.Finished,
        _ => throw new UnreachableException($"No reason '{word}'."),
    };
}
