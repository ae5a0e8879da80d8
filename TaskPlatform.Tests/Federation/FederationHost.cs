using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TaskPlatform.Federation;

namespace TaskPlatform.Tests.Federation;

/// <summary>The aggregator's own program on a real Kestrel and a free port, with a clock that the test moves.</summary>
internal sealed class FederationHost : WebApplicationFactory<NodeRegistry>
{
    private readonly (string Key, string Value)[] settings;

    public FederationHost(params (string Key, string Value)[] settings)
    {
        this.settings = settings;
        UseKestrel();
        StartServer();
    }

    public static FederationHost On(params (string Key, string Value)[] settings) => new([("Federation:Enabled", "true"), .. settings]);

    public FakeTimeProvider Time { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        // By setting, for the factory's own way to choose a port changes it on a server that may already have started.
        builder.UseSetting("urls", "http://127.0.0.1:0");
        foreach (var (key, value) in settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(Time));
    }
}
