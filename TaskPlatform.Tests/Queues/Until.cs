namespace TaskPlatform.Tests.Queues;

/// <summary>For what other threads do in their own time. A test that waits so has a limit of its own.</summary>
internal static class Until
{
    public static Task TrueAsync(Func<bool> condition, CancellationToken cancellationToken)
        => TrueAsync(() => Task.FromResult(condition()), cancellationToken);

    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition())
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
