using TaskPlatform.Engine;

namespace TaskPlatform.Api.Queues;

/// <summary>What kinds of commands an owner tells apart.</summary>
internal static class CommandKinds
{
    /// <summary>Holds on to a lease or ends one, so that a flood of others must not keep it out.</summary>
    public static bool MustGetThrough(this Command command)
        => command is Command.Heartbeat or Command.Complete or Command.Fail or Command.Release or Command.AddChildren or Command.Ask
            or Command.Rejoin or Command.Ungrant or Command.AbandonClaim
            // One every two seconds: a queue that is only busy must not look wedged.
            or Command.Probe;

    /// <summary>Brings new tasks in, for which the store needs room.</summary>
    public static bool AddsTasks(this Command command) => command is Command.Submit or Command.SubmitGraph or Command.AddChildren;

    /// <summary>Only looks.</summary>
    public static bool OnlyReads(this Command command)
        => command is Command.GetTask or Command.GetGraph or Command.ListTasks or Command.Why or Command.GetOperation or Command.GetSchedule
            or Command.ListSchedules or Command.GetRoute or Command.ListRoutes or Command.ListAgents or Command.GetQueue or Command.GetFigures or Command.GetLending or Command.GetLoad or Command.Probe;

    /// <summary>Comes from the owner itself; nobody hears of it, so it promises nothing.</summary>
    public static bool IsOwn(this Command command) => command is Command.Ungrant or Command.AbandonClaim or Command.Bring;
}
