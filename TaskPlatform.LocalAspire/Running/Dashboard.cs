using Microsoft.AspNetCore.Http;

namespace TaskPlatform.LocalAspire.Running;

/// <summary>
/// Microsoft's dashboard as a process beside the resources, without a login and on loopback only. It takes their telemetry; on its own, without
/// Aspire's orchestrator, it knows neither the resources nor their console.
/// </summary>
internal sealed class Dashboard : ExecutableResource
{
    /// <summary>The setting for the address that takes telemetry over gRPC.</summary>
    public const string OtlpSetting = "ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL";

    private const string PagesSetting = "ASPNETCORE_URLS";
    private const string Pages = "http";
    private const string Otlp = "otlp-grpc";

    public Dashboard(string program, IConfiguration configuration, bool randomPorts)
        : base("aspire-dashboard", Path.GetFullPath(program), Path.GetDirectoryName(Path.GetFullPath(program))!)
    {
        AddEndpoint(Pages, randomPorts ? null : Port(configuration[PagesSetting]) ?? 18888);
        AddEndpoint(Otlp, randomPorts ? null : Port(configuration[OtlpSetting]) ?? 18889);
        Annotations.Add(new UrlsAnnotation(urls => urls.RemoveAll(url => url.Endpoint!.EndpointName == Otlp))); // nothing for a browser
        Annotations.Add(new HttpHealthAnnotation("/api/telemetry/resources", 200, Pages));
        Annotations.Add(new ArgumentsAnnotation(["dashboard"]));
        Annotations.Add(new EnvironmentAnnotation(variables => Set(variables, configuration)));
    }

    /// <summary>The setting that an endpoint's port comes from.</summary>
    public string Setting(EndpointAnnotation endpoint) => endpoint.Name == Otlp ? OtlpSetting : PagesSetting;

    public EndpointReference OtlpEndpoint => new(this, Otlp);

    public EndpointReference PagesEndpoint => new(this, Pages);

    /// <summary>The port of the first http address, else of the first: nothing here has a certificate.</summary>
    public static int? Port(string? urls)
    {
        var texts = (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var addresses = texts.Select(BindingAddress.Parse).ToList();
        return (addresses.Find(address => address.Scheme == "http") ?? addresses.FirstOrDefault())?.Port;
    }

    private void AddEndpoint(string name, int? port) => Annotations.Add(new EndpointAnnotation(name, "http") { Port = port, IsProxied = false });

    private void Set(Dictionary<string, object> variables, IConfiguration configuration)
    {
        variables[PagesSetting] = PagesEndpoint;
        variables[OtlpSetting] = OtlpEndpoint;
        variables["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = variables["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        // Its own limit of 10,000 is less than the review of one large repository needs.
        foreach (var limit in (string[])["MaxTraceCount", "MaxLogCount"])
            variables[$"Dashboard__TelemetryLimits__{limit}"] = configuration[$"Dashboard:TelemetryLimits:{limit}"] ?? "200000";
    }
}
