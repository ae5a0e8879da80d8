using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Telemetry;

namespace TaskPlatform.Client.Http;

/// <summary>Repeats what the contract lets repeat, and bounds each attempt.</summary>
internal static class Repeating
{
    public static void Configure(
        ResiliencePipelineBuilder<HttpResponseMessage> pipeline, ResilienceHandlerContext context, string clientName)
    {
        var services = context.ServiceProvider;
        var options = services.GetRequiredService<IOptionsMonitor<TaskPlatformClientOptions>>().Get(clientName);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;

        pipeline.TimeProvider = time;
        // A repeat is no warning: whoever made the call tells how it ended, and an agent tells an outage once.
        pipeline.ConfigureTelemetry(new TelemetryOptions(services.GetRequiredService<IOptions<TelemetryOptions>>().Value)
        {
            SeverityProvider = _ => ResilienceEventSeverity.Debug,
        });
        pipeline.AddRetry(new HttpRetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue, // the call's time is the limit
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.RetryDelay,
            MaxDelay = options.MaxRetryDelay,
            ShouldRetryAfterHeader = true,
            ShouldHandle = args => ValueTask.FromResult(ShouldRepeat(args.Outcome, args.Context, options, time)),
        });
        pipeline.AddTimeout(new HttpTimeoutStrategyOptions
        {
            TimeoutGenerator = args => ValueTask.FromResult(CallRule.Of(RequestOf(args.Context), options, time).AttemptTimeout),
        });
    }

    private static bool ShouldRepeat(
        Outcome<HttpResponseMessage> outcome, ResilienceContext context, TaskPlatformClientOptions options, TimeProvider time)
    {
        if (context.CancellationToken.IsCancellationRequested || !HttpClientResiliencePredicates.IsTransient(outcome)) return false;
        var request = RequestOf(context);
        var rule = CallRule.Of(request, options, time);
        if (!rule.MayRepeat(request)) return false;
        var left = rule.RetryFor - time.GetElapsedTime(rule.StartedAt);
        return left > TimeSpan.Zero && (RetryAfter.Of(outcome.Result, time) ?? TimeSpan.Zero) <= left;
    }

    private static HttpRequestMessage RequestOf(ResilienceContext context) =>
        context.GetRequestMessage() ?? throw new InvalidOperationException("The resilience pipeline was run without a request.");
}

/// <summary>Reads <c>Retry-After</c>, which is seconds or a date.</summary>
internal static class RetryAfter
{
    public static TimeSpan? Of(HttpResponseMessage? response, TimeProvider time) => response?.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > time.GetUtcNow() ? date - time.GetUtcNow() : TimeSpan.Zero,
        _ => null,
    };
}
