namespace TaskPlatform.Benchmarks.Slots;

/// <summary>Which slots are looked at.</summary>
/// <param name="Agents">How many agents.</param>
/// <param name="Slots">How many tasks each works on at once.</param>
/// <param name="TaskMs">How long a task takes, in milliseconds.</param>
/// <param name="Time">For how long they are looked at.</param>
/// <param name="WarmUp">How long they work before.</param>
internal sealed record SlotsPlan(int Agents, int Slots, int TaskMs, TimeSpan Time, TimeSpan WarmUp)
{
    /// <summary>What is said with <c>--quick</c>.</summary>
    public static SlotsPlan Quick { get; } = new(Agents: 2, Slots: 4, TaskMs: 100, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1));

    /// <summary>All slots.</summary>
    public int AllSlots => Agents * Slots;

    /// <summary>More tasks than can be done in the time.</summary>
    public int Backlog => (int)(1.2 * AllSlots * (Time + WarmUp).TotalMilliseconds / TaskMs) + 10 * AllSlots;
}
