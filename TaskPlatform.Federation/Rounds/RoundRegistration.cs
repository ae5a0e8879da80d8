using Microsoft.Extensions.Options;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation.Rounds;

/// <summary>Puts rounds into a service.</summary>
internal static class RoundRegistration
{
    /// <summary>Adds the rounds of a federation.</summary>
    /// <param name="services">The service's.</param>
    /// <param name="file">The federation.</param>
    public static void AddRounds(this IServiceCollection services, FederationFile file)
    {
        services.AddSingleton(file.Terms());
        services.AddSingleton(file.Schema);
        services.AddSingleton(provider => new RoundTimes(file.Period, TimeSpan.FromSeconds(provider.GetRequiredService<IOptions<FederationOptions>>().Value.StageSeconds)));
        services.AddRounds();
    }

    /// <summary>Adds the rounds of terms, a schema and times that are registered already.</summary>
    public static void AddRounds(this IServiceCollection services)
    {
        services.AddSingleton<RoundDesk>();
        services.AddSingleton<ReleasedFigures>();
        services.AddHostedService<RoundService>();
    }
}
