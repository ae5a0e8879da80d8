using Aspire.Hosting;
using Aspire.Hosting.Testing;

namespace TaskPlatform.Tests.LocalAspire;

/// <summary>Starts one of the probe's applications inside the test, through Aspire's testing API.</summary>
internal static class ProbeApp
{
    public static async Task<DistributedApplication> StartAsync(string topology, params string[] settings)
    {
        var token = TestContext.Current.CancellationToken;
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.TaskPlatform_Tests_Probe>(
            [$"--Probe:Topology={topology}", .. settings], token);
        var app = await builder.BuildAsync(token);
        await app.StartAsync(token);
        return app;
    }
}
