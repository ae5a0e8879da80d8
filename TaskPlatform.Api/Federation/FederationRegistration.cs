using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TaskPlatform.Api.Federation;

/// <summary>Puts the federation's node into a service.</summary>
internal static class FederationRegistration
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Adds the node, and its reports where <c>Federation:Enabled</c> is true; otherwise nothing is ever sent.</summary>
    public static IHostApplicationBuilder AddFederationNode(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<FederationNodeOptions>().BindConfiguration(FederationNodeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<FederationNodeOptions>, FederationNodeRules>();
        if (!builder.Configuration.GetValue<bool>($"{FederationNodeOptions.Section}:{nameof(FederationNodeOptions.Enabled)}")) return builder;

        services.AddSingleton<NodeFigures>();
        services.AddHttpClient(FederationNodeOptions.Section, Configure);
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FederationNode>(
            provider, provider.GetRequiredService<IHttpClientFactory>().CreateClient(FederationNodeOptions.Section)));
        services.AddHostedService<FederationReporter>();
        return builder;
    }

    private static void Configure(IServiceProvider services, HttpClient client)
    {
        client.BaseAddress = services.GetRequiredService<IOptions<FederationNodeOptions>>().Value.Address;
        client.Timeout = Patience;
    }
}
