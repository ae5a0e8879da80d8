using System.Globalization;
using TaskPlatform.Engine;

namespace TaskPlatform.Benchmarks.Engine;

/// <summary>What a backlog is made of.</summary>
public enum BacklogKind
{
    /// <summary>Tasks that are all alike.</summary>
    OneLane,

    /// <summary>Ten thousand types.</summary>
    Lanes,

    /// <summary>Ten thousand fairness keys.</summary>
    FairnessKeys,

    /// <summary>Ten thousand concurrency keys, of each of which one task may run.</summary>
    ConcurrencyKeys,

    /// <summary>Nearly all behind one concurrency key that is full; a thousand free ones behind them.</summary>
    Saturated,
}

/// <summary>Queues with much in them.</summary>
internal static class Backlogs
{
    private const int Lanes = 10_000;
    private const int Free = 5_000;

    public static EngineBed Of(BacklogKind kind, int tasks)
    {
        var bed = new EngineBed();
        switch (kind)
        {
            case BacklogKind.OneLane:
                bed.Fill(tasks + Free, _ => "work", _ => null);
                break;
            case BacklogKind.Lanes:
                bed.Fill(tasks + Free, number => $"type-{number % Lanes}", _ => null);
                break;
            case BacklogKind.FairnessKeys:
                bed.Fill(tasks + Free, _ => "work", number => new TaskFlow { FairnessKey = (number % Lanes).ToString(CultureInfo.InvariantCulture) });
                break;
            case BacklogKind.ConcurrencyKeys:
                bed.Apply(new Command.Configure(new SettingsChange { Concurrency = new KeyPatterns<int>([new("key-*", 1)]) }));
                bed.Fill(tasks + Free, _ => "work", number => new TaskFlow { ConcurrencyKey = $"key-{number % Lanes}" });
                break;
            default:
                Saturate(bed, tasks);
                break;
        }
        return bed;
    }

    private static void Saturate(EngineBed bed, int tasks)
    {
        var full = new TaskFlow { ConcurrencyKey = "full" };
        bed.Apply(new Command.Configure(new SettingsChange { Concurrency = new KeyPatterns<int>([new("full", 1)]) }));
        bed.Fill(tasks + Free, _ => "work", number => number < tasks ? full : null);
        // Who holds the one place there is keeps it.
        bed.Apply(new Command.Claim("holder", null, null, 1, 0, null, null));
    }
}
