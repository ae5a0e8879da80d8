using System.Text.RegularExpressions;
using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Engine.Model;

/// <summary>Leaves out of a failing run what it fails without (A. Zeller's delta debugging), and tells what is left.</summary>
internal static partial class ShortestFailure
{
    /// <summary>So that a failure is told within a minute; what is left is then short enough.</summary>
    private const int Tries = 600;

    public static string Of(int[] steps, MatchPolicy policy)
    {
        if (Fails(steps, policy) is not { } failure) return "It does not fail again: something in it depends on more than its seed.";
        var tries = 0;
        for (var length = steps.Length / 2; length > 0; length /= 2)
        {
            // The run begins with the settings of its first step, so that one stays.
            for (var at = steps.Length - length; at > 0 && tries < Tries; at = Math.Min(at - length, steps.Length - length), tries++)
            {
                int[] shorter = [.. steps[..at], .. steps[(at + length)..]];
                if (Fails(shorter, policy) is not { } same || same.Kind != failure.Kind) continue;
                (steps, failure) = (shorter, same);
            }
        }
        return failure.Text;
    }

    private static (string Kind, string Text)? Fails(int[] steps, MatchPolicy policy)
    {
        var run = new ModelRun([], policy);
        try
        {
            run.Run(steps);
            return null;
        }
        catch (Exception wrong)
        {
            // One failure must not turn into another on the way; names and numbers may change.
            var kind = Names.Replace(wrong.Message.Length > 300 ? wrong.Message[..20] : wrong.Message, "");
            return (kind, $"{string.Join('\n', run.Log)}\n{wrong.Message}");
        }
    }

    [GeneratedRegex(@"\b[a-z]*\d+\b.*")]
    private static partial Regex Names { get; }
}
