using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Api.Queues;

namespace TaskPlatform.Tests.Queues;

/// <summary>Whether the process stood still.</summary>
public sealed class ProcessPulseTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Gaps_TimeBetweenTwoLooks_CountsOnlyWhatIsLonger()
    {
        using var pulse = new ProcessPulse(_time);

        _time.Advance(ProcessPulse.Gap);
        Assert.Equal(0, pulse.Gaps);
        _time.Advance(ProcessPulse.Gap + TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, pulse.Gaps);
        Assert.Equal(1, pulse.Gaps);
    }
}
