using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Transport;

namespace TaskPlatform.Federation.Rounds;

/// <summary>Puts rounds into a service.</summary>
internal static class RoundRegistration
{
    /// <summary>Where operators and health checks come.</summary>
    public const string DefaultUrls = "http://127.0.0.1:5390";

    /// <summary>Adds the rounds of the federation and its port where the configuration says so and names it; what is missing the options' rules say at the start.</summary>
    /// <exception cref="MembershipException">The federation file or the keys are wrong.</exception>
    public static bool TryAddRounds(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(FederationOptions.Section).Get<FederationOptions>();
        if (options is not { Enabled: true, File: { } path, Keys: { } folder }) return false;
        var (file, keys) = (FederationFile.Load(path), MemberKeys.Load(folder));
        keys.EnsureBelongTo(file.Aggregator);
        var port = MemberPort.Add(builder.WebHost, (builder.Configuration["urls"] ?? DefaultUrls).Split(';'), options.PeerPort, file, keys);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(port.Set));
        builder.Services.AddSingleton(file.Terms());
        builder.Services.AddSingleton(file.Schema);
        builder.Services.AddSingleton(new RoundTimes(file.Period, TimeSpan.FromSeconds(options.StageSeconds)));
        builder.Services.AddRounds();
        return true;
    }

    /// <summary>Adds the rounds of terms, a schema and times that are registered already.</summary>
    public static void AddRounds(this IServiceCollection services)
    {
        services.AddSingleton<RoundDesk>();
        services.AddSingleton<ReleasedFigures>();
        services.AddHostedService<RoundService>();
    }
}
