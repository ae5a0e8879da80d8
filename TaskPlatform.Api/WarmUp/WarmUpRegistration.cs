namespace TaskPlatform.Api.WarmUp;

/// <summary>Puts the warm-up into a service.</summary>
internal static class WarmUpRegistration
{
    /// <summary>Adds it, and its part of <c>/health</c>. Queues and their store must be registered as well.</summary>
    public static void AddWarmUp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<WarmUpOptions>().BindConfiguration(WarmUpOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<PathWarmUp>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PathWarmUp>());
        builder.Services.AddHealthChecks().AddCheck<PathWarmUp>("warm-up");
    }
}
