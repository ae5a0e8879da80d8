using TaskPlatform.Api.Store;

namespace TaskPlatform.Tests.Store;

/// <summary>For calls right after a connection was cut on purpose: asks again until the client has connected anew.</summary>
internal static class Patiently
{
    public static async Task<T> DoAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await call();
            }
            catch (StoreUnavailableException) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }
}
