using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Engine;

/// <summary>What is counted rather than timed, so that it comes out the same on every machine. The tests hold the engine to it.</summary>
internal static class EngineCounts
{
    /// <summary>The most that one of so many claims touches: heads of lanes that it looks at, and records that it changes.</summary>
    /// <param name="bed">A queue that has so many tasks ready.</param>
    /// <param name="claims">How many claims, each of one task, which is completed before the next.</param>
    public static long MostTouched(EngineBed bed, int claims)
    {
        var claim = EngineBed.Claim();
        var most = 0L;
        for (var number = 0; number < claims; number++)
        {
            bed.EndBatch();
            var before = Touched(bed);
            var claimed = (Outcome.Claimed)bed.Apply(claim);
            bed.EndBatch();
            most = Math.Max(most, Touched(bed) - before);
            if (claimed.Grants.IsEmpty) throw new InvalidOperationException("Nothing was there to be claimed.");
            bed.Finish(claimed);
        }
        return most;
    }

    private static long Touched(EngineBed bed) => bed.Engine.HeadsLookedAt + bed.RecordsChanged;

    /// <summary>Bytes that so many claims allocate in which nothing is found.</summary>
    public static long AllocatedByEmptyClaims(EngineBed bed, int claims)
    {
        var claim = EngineBed.Claim();
        // The first ones make the agent known, and are compiled meanwhile.
        for (var warm = 0; warm < 3; warm++) ClaimNothing(bed, claim);
        bed.EndBatch();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var number = 0; number < claims; number++) ClaimNothing(bed, claim);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void ClaimNothing(EngineBed bed, Command.Claim claim)
    {
        if (!((Outcome.Claimed)bed.Engine.Apply(claim, bed.Now)).Grants.IsEmpty) throw new InvalidOperationException("Something was there to be claimed.");
    }

    /// <summary>Heap of a task that is ready, in bytes; its id is in it, its payload is not.</summary>
    public static double BytesPerPendingTask(int tasks) => BytesPerTask(tasks, bed => bed.Fill(tasks, _ => "work", _ => null));

    /// <summary>Heap of a task that is over, in bytes, beyond its id.</summary>
    public static double BytesPerFinishedTask(int tasks)
    {
        const int IdBytes = 22 + 2 * 32;
        return BytesPerTask(tasks, bed => FillAndFinish(bed, tasks)) - IdBytes;
    }

    private static void FillAndFinish(EngineBed bed, int tasks)
    {
        bed.Fill(tasks, _ => "work", _ => null);
        var claim = EngineBed.Claim(max: 500);
        for (Outcome.Claimed claimed; (claimed = (Outcome.Claimed)bed.Apply(claim)).Grants.Length > 0;) bed.Finish(claimed);
        bed.EndBatch();
    }

    /// <summary>Payloads are one shared array here, so that nothing of them is counted.</summary>
    private static double BytesPerTask(int tasks, Action<EngineBed> fill)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var bed = new EngineBed();
        fill(bed);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(bed);
        return bytes / (double)tasks;
    }
}
