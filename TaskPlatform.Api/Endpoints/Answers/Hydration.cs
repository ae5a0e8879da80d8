using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TaskPlatform.Api.Queues;
using TaskPlatform.Engine;

namespace TaskPlatform.Api.Endpoints.Answers;

/// <summary>Completes many tasks from the store.</summary>
internal static class Hydration
{
    /// <summary>Tasks that are read together: a page of usual length at once, and no more than 100 MiB of the largest.</summary>
    private const int Slice = 128;

    /// <summary>Each task in turn, without its inputs; those that were deleted meanwhile are passed over.</summary>
    public static async IAsyncEnumerable<TaskView> EachAsync(
        IQueueOwner owner, ImmutableArray<TaskView> views, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var slice in views.Chunk(Slice))
        {
            foreach (var view in await owner.HydrateAllAsync(slice, withInputs: false, cancellationToken))
            {
                if (view is not null) yield return view;
            }
        }
    }
}
