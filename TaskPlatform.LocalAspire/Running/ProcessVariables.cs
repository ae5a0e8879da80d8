using System.Globalization;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>The variables that one process is given: Aspire's own, then what the AppHost says.</summary>
internal sealed class ProcessVariables(IConfiguration configuration, Dashboard? dashboard)
{
    // What a launch profile told the AppHost about itself. A child that inherited it would listen on the dashboard's port.
    private static readonly string[] Own =
    [
        "ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", Dashboard.OtlpSetting, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "ASPIRE_ALLOW_UNSECURED_TRANSPORT",
    ];

    public async Task<Dictionary<string, string?>> BuildAsync(Instance instance, CancellationToken cancellationToken)
    {
        var variables = new Dictionary<string, object>();
        if (instance.Resource is ProjectResource) AddProjectVariables(instance, variables);
        foreach (var annotation in instance.Resource.Annotations.OfType<EnvironmentAnnotation>()) annotation.Change(variables);
        foreach (var endpoint in instance.Endpoints)
            if (endpoint.PortVariable is { } name) variables[name] = instance.Port(endpoint).ToString(CultureInfo.InvariantCulture);

        var texts = Own.ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in variables) texts[name] = await TextAsync(value, cancellationToken);
        return texts;
    }

    private void AddProjectVariables(Instance instance, Dictionary<string, object> variables)
    {
        variables["OTEL_SERVICE_NAME"] = instance.Resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instance.Suffix}";
        if (Collector() is { Length: > 0 } collector)
        {
            variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector;
            variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        }
        if (configuration[HostDefaults.EnvironmentKey] == Environments.Development) AddPromptTelemetry(variables);
        var urls = instance.Endpoints.Where(endpoint => endpoint.IsHttp).Select(endpoint => $"http://localhost:{instance.Port(endpoint)}").ToList();
        if (urls.Count > 0) variables["ASPNETCORE_URLS"] = string.Join(';', urls);
    }

    // The launch profile names the dashboard's address whether there is one or not: it counts where somebody listens. Any other is meant.
    private string? Collector()
    {
        if (dashboard is not null) return dashboard.OtlpEndpoint.Url;
        var url = configuration[Dashboard.OtlpSetting];
        var isProfiles = configuration["DOTNET_LAUNCH_PROFILE"] is not null && url == Environment.GetEnvironmentVariable(Dashboard.OtlpSetting);
        return isProfiles && Dashboard.Port(url) is { } port && Ports.IsFree(port) ? null : url;
    }

    private static void AddPromptTelemetry(Dictionary<string, object> variables)
    {
        variables["OTEL_BSP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_BLRP_SCHEDULE_DELAY"] = "1000";
        variables["OTEL_METRIC_EXPORT_INTERVAL"] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
    }

    private static async ValueTask<string?> TextAsync(object value, CancellationToken cancellationToken) => value switch
    {
        IValueProvider provider => await provider.GetValueAsync(cancellationToken),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
