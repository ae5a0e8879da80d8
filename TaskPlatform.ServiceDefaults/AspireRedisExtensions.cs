using Aspire.StackExchange.Redis;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Stand-in for Aspire.StackExchange.Redis, compiled only where that package is not (<c>UseAspire=false</c>). It reads the same
/// configuration and registers the same services. It makes no spans for single Redis commands.
/// </summary>
public static class AspireRedisExtensions
{
    private const string Section = "Aspire:StackExchange:Redis";
    private const string CheckName = "StackExchange.Redis";

    /// <summary>
    /// Registers <see cref="IConnectionMultiplexer"/> and <see cref="IOptions{ConfigurationOptions}"/>, with a health check. Nothing is
    /// connected before the multiplexer is first asked for; from then on it reconnects by itself.
    /// </summary>
    /// <remarks>
    /// The connection string is <c>ConnectionStrings:{connectionName}</c>, or else <c>ConnectionString</c> in
    /// <c>Aspire:StackExchange:Redis:{connectionName}</c> or <c>Aspire:StackExchange:Redis</c>, where the other settings and
    /// <c>ConfigurationOptions</c> stand too. Without any, the first use throws <see cref="InvalidOperationException"/>.
    /// </remarks>
    public static void AddRedisClient(
        this IHostApplicationBuilder builder,
        string connectionName,
        Action<StackExchangeRedisSettings>? configureSettings = null,
        Action<ConfigurationOptions>? configureOptions = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(connectionName);

        var shared = builder.Configuration.GetSection(Section);
        var named = shared.GetSection(connectionName);
        var settings = ReadSettings(builder.Configuration, shared, named, connectionName);
        configureSettings?.Invoke(settings);

        builder.Services.AddSingleton(services =>
        {
            var options = Parse(settings.ConnectionString, connectionName);
            shared.GetSection("ConfigurationOptions").Bind(options);
            named.GetSection("ConfigurationOptions").Bind(options);
            configureOptions?.Invoke(options);
            options.LoggerFactory ??= services.GetService<ILoggerFactory>();
            return Options.Options.Create(options);
        });
        builder.Services.AddSingleton<IConnectionMultiplexer>(services =>
            ConnectionMultiplexer.Connect(services.GetRequiredService<IOptions<ConfigurationOptions>>().Value));

        if (!settings.DisableAutoActivation) builder.Services.ActivateSingleton<IConnectionMultiplexer>();
        if (!settings.DisableHealthChecks)
        {
            builder.Services.AddHealthChecks().AddRedis(services => services.GetRequiredService<IConnectionMultiplexer>(), CheckName);
        }
    }

    private static StackExchangeRedisSettings ReadSettings(
        IConfiguration configuration, IConfiguration shared, IConfiguration named, string connectionName)
    {
        var settings = new StackExchangeRedisSettings();
        shared.Bind(settings);
        named.Bind(settings);
        settings.ConnectionString = configuration.GetConnectionString(connectionName) ?? settings.ConnectionString;
        return settings;
    }

    private static ConfigurationOptions Parse(string? connectionString, string connectionName)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new InvalidOperationException(
                $"No Redis to connect to. Give 'ConnectionStrings:{connectionName}' or '{Section}:ConnectionString', such as 'localhost:6379'.");
        }
        var options = ConfigurationOptions.Parse(connectionString);
        // Waiting for a Redis that is not up yet is right in development and in production; an explicit abortConnect=true wins.
        if (!connectionString.Contains("abortConnect", StringComparison.OrdinalIgnoreCase)) options.AbortOnConnectFail = false;
        return options;
    }
}
