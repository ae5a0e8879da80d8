using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TaskPlatform.Client;
using TaskPlatform.Client.Agents;

namespace Microsoft.Extensions.Hosting;

/// <summary>Adds agents to a program.</summary>
public static class TaskPlatformAgentExtensions
{
    /// <summary>
    /// Adds an agent, which registers, claims and works for as long as the program runs; several may share one program. It needs
    /// <c>AddTaskPlatformClient</c>.
    /// </summary>
    /// <returns>What to give handlers to.</returns>
    public static AgentBuilder AddAgent(this IHostApplicationBuilder builder, Action<AgentOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var name = $"agent-{builder.Services.Count}"; // unique, since every agent adds services
        var handlers = new Dictionary<string, HandlerInvoker>(StringComparer.Ordinal);

        builder.Services.AddSingleton<IValidateOptions<AgentOptions>>(new AgentOptionsValidator(name, handlers.Keys));
        builder.Services.AddOptions<AgentOptions>(name)
            .Configure(configure)
            .PostConfigure(options => options.Capabilities = options.Capabilities is [] ? [.. handlers.Keys] : options.Capabilities)
            .ValidateOnStart();
        builder.Services.AddSingleton<IHostedService>(services => new AgentRuntime(
            services.GetRequiredService<IOptionsMonitor<AgentOptions>>().Get(name),
            handlers,
            services.GetService<TaskPlatformClient>()
                ?? throw new InvalidOperationException("An agent needs the client: call builder.AddTaskPlatformClient(\"api\") too."),
            services,
            new AgentTelemetry(services.GetRequiredService<IMeterFactory>()),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<IHostApplicationLifetime>(),
            services.GetRequiredService<ILogger<AgentRuntime>>()));
        return new AgentBuilder(builder.Services, handlers);
    }
}
