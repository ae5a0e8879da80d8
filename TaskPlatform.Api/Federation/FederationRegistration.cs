using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TaskPlatform.Api.Federation.Lending;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Rounds;
using TaskPlatform.Federation.Protocol.Transport;

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
        if (!builder.Configuration.GetValue<bool>($"{FederationNodeOptions.Section}:{nameof(FederationNodeOptions.Enabled)}")) return builder;

        services.AddMembership();
        services.AddSingleton<FederationView>();
        services.AddSingleton(provider => new PrivacyFilter(provider.GetRequiredService<FederationFile>().Schema));
        services.AddSingleton<CountedQueue>();
        services.AddSingleton(CreateClient);
        services.AddSingleton<FederatedTaskManager>();
        services.AddHostedService(provider => provider.GetRequiredService<FederatedTaskManager>());
        services.AddHealthChecks().AddCheck<FederationHealth>("federation");
        services.AddLending();
        return builder;
    }

    /// <summary>Read once: a service with an address for members has read it for that. What is wrong is said at the start, since the node's hosted work needs it.</summary>
    private static void AddMembership(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => NodeMembership.Load(provider.GetRequiredService<IOptions<FederationNodeOptions>>().Value));
        services.AddSingleton(provider => provider.GetRequiredService<NodeMembership>().File);
        services.AddSingleton(provider => provider.GetRequiredService<NodeMembership>().Keys);
        services.AddSingleton(provider => provider.GetRequiredService<FederationFile>().Terms());
    }

    private static FederationClient CreateClient(IServiceProvider provider)
    {
        var file = provider.GetRequiredService<FederationFile>();
        var most = Math.Max(TransportLimits.MaxBodyBytes, provider.GetRequiredService<RoundTerms>().Shape.MaxMessageBytes);
        return new FederationClient(FederationHttp.Create(
            file, provider.GetRequiredService<MemberKeys>(), file.Aggregator, provider.GetRequiredService<TimeProvider>(), most));
    }
}
