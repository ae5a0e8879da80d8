using TaskPlatform.Engine;

namespace TaskPlatform.Tests.Simulation;

/// <summary>Results that count only when a verifier has passed them.</summary>
internal sealed partial class Checker
{
    /// <summary>A completion of such a task promises a verdict and no more.</summary>
    private bool IsJudged(string id) => history.Attempted.TryGetValue(id, out var task) && task.Body.Policy.Verifier is not null;

    /// <summary>Whether the engine grew it for a task that somebody submitted.</summary>
    private bool IsVerifierOfAny(string id) => id.IndexOf(".verify.", StringComparison.Ordinal) is > 0 and var at && IsJudged(id[..at]);

    private void CheckVerdicts(Dictionary<string, FinalTask> final)
    {
        foreach (var (id, task) in final.Where(task => IsJudged(task.Key) && task.Value.State == TaskState.Completed))
        {
            var passed = final.Where(other => other.Key.StartsWith($"{id}.verify.", StringComparison.Ordinal) && other.Value.Result.StartsWith(Agent.Passes, StringComparison.Ordinal));
            if (passed.Count(verifier => verifier.Value.State == TaskState.Completed) != 1) Report(FindingKind.Unexpected, $"{id} is {task.State}, and it was not one verifier that passed it");
        }
    }

    private void CheckJudgedResults()
    {
        foreach (var view in history.Seen.Select(seen => seen.Outcome).OfType<Outcome.Claimed>().SelectMany(claimed => claimed.Grants).Where(view => view.Task.IsVerifier))
        {
            // A claim that is repeated after its task was cancelled is told to stop: nothing is to be judged any more.
            if (view.Task.CancelRequested) continue;
            if (view.Inputs.All(input => input.Id != view.Task.ParentId || input.Result.IsEmpty))
                Report(FindingKind.Lost, $"the result that {view.Task.Id} was to judge was not shown to it");
        }
    }
}
