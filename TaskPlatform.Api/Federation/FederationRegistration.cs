using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TaskPlatform.Api.Federation;

/// <summary>Puts the federation's node into a service.</summary>
internal static class FederationRegistration
{
    /// <summary>Adds the node where <c>Federation:Enabled</c> is true; otherwise nothing is ever sent.</summary>
    public static IHostApplicationBuilder AddFederationNode(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<FederationNodeOptions>().BindConfiguration(FederationNodeOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<FederationNodeOptions>, FederationNodeRules>();
        return builder;
    }
}
