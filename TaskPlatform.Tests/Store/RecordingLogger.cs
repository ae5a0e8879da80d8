using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace TaskPlatform.Tests.Store;

/// <summary>Lets a test wait until something was logged.</summary>
internal sealed class RecordingLogger<T> : ILogger<T>
{
    private readonly Channel<int> _events = Channel.CreateUnbounded<int>();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _events.Writer.TryWrite(eventId.Id);

    /// <summary>Waits for the next entry with this id.</summary>
    public async Task SeenAsync(int eventId, CancellationToken cancellationToken)
    {
        while (await _events.Reader.ReadAsync(cancellationToken) != eventId)
        {
        }
    }
}
