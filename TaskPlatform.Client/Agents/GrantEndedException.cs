namespace TaskPlatform.Client.Agents;

/// <summary>
/// Leads out of a handler whose grant has ended while it ran, mostly because its task waits for its children or an answer: there is nothing to
/// complete or to fail, and <see cref="TaskRun"/> sends neither. Being a cancellation, it passes through code that catches only what went wrong; and
/// where a handler swallows it all the same, what it then returns is of no account.
/// </summary>
internal sealed class GrantEndedException(string message, CancellationToken handlerStop) : OperationCanceledException(message, handlerStop);
