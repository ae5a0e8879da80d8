using Microsoft.Extensions.DependencyInjection.Extensions;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Api.Federation.Lending;

/// <summary>Puts the sharing of work into a node of the federation.</summary>
internal static class LendingRegistration
{
    /// <summary>Needs the federation file and the member's keys among the services.</summary>
    public static void AddLending(this IServiceCollection services)
    {
        services.AddSingleton<PeerDirectory>();
        services.AddSingleton<PeerConnections>();
        services.AddSingleton<PeerClient>();
        services.AddSingleton<PromisedPlaces>();
        services.TryAddSingleton(LendingChance.Secure);
        services.AddSingleton<CooperationDesk>();
        services.AddSingleton<NodeLoad>();
        services.AddSingleton<Lender>();
        services.AddSingleton<Mirrors>();
        services.AddSingleton<Offers>();
        services.AddSingleton<WorkSeeker>();
        services.AddHostedService<LendingService>();
    }
}
