namespace TaskPlatform.Api.Endpoints.Requests;

/// <summary>
/// How much memory the bodies of all requests take together. Without it, as many connections as may be, each with a graph of 32 MiB that it never ends, would take
/// all there is.
/// </summary>
/// <param name="mostBytes">What they may take.</param>
internal sealed class BodyMemory(long mostBytes)
{
    /// <summary>A body up to this is a small one, in bytes.</summary>
    public const int SmallBytes = 64 << 10;

    private long _taken;

    /// <summary>What is taken now, in bytes.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes memory for a body that is to have a buffer of so many bytes in place of one of <paramref name="before"/>; false: there is none left.</summary>
    public bool TryTake(int bytes, int before)
    {
        // The last quarter is kept for small bodies: heartbeats and settlements go on while graphs are too many.
        var most = bytes <= SmallBytes ? mostBytes : mostBytes / 4 * 3;
        if (Interlocked.Add(ref _taken, bytes - before) <= most) return true;
        Give(bytes - before);
        return false;
    }

    /// <summary>Gives memory back.</summary>
    public void Give(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
