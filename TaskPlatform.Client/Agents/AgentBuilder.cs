using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using TaskPlatform.Client.Agents;

namespace TaskPlatform.Client;

/// <summary>Gives an agent its handlers.</summary>
public sealed class AgentBuilder
{
    private readonly Dictionary<string, HandlerInvoker> _handlers;

    internal AgentBuilder(IServiceCollection services, Dictionary<string, HandlerInvoker> handlers)
    {
        Services = services;
        _handlers = handlers;
    }

    /// <summary>The program's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Lets a class handle a task type; it is made anew for each attempt, with what its constructor asks for.</summary>
    /// <exception cref="ArgumentException">The type has a handler already.</exception>
    public AgentBuilder AddHandler<TIn, TOut, THandler>(string type) where THandler : class, ITaskHandler<TIn, TOut>
    {
        Services.TryAddScoped<THandler>();
        return Add(type, HandlerInvocation.Of<TIn, TOut>(services => services.GetRequiredService<THandler>().HandleAsync));
    }

    /// <summary>Lets a function handle a task type.</summary>
    /// <exception cref="ArgumentException">The type has a handler already.</exception>
    public AgentBuilder AddHandler<TIn, TOut>(string type, Func<TIn, TaskContext, CancellationToken, Task<TOut>> handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        return Add(type, HandlerInvocation.Of<TIn, TOut>(_ => handle));
    }

    private AgentBuilder Add(string type, HandlerInvoker handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        if (!_handlers.TryAdd(type, handler)) throw new ArgumentException($"The task type '{type}' has a handler already.", nameof(type));
        return this;
    }
}
