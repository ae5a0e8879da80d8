using System.Net.Http.Json;

namespace TaskPlatform.Tests.LocalAspire;

public sealed class SecretTests
{
    private const string Secret = "open-sesame";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_WithAParameterFromUserSecrets_HandsItOverAndNeverPrintsIt()
    {
        var home = Directory.CreateTempSubdirectory("taskplatform-");
        try
        {
            var folder = Directory.CreateDirectory(Path.Combine(home.FullName, "Microsoft", "UserSecrets", "taskplatform-tests-probe")).FullName;
            await File.WriteAllTextAsync(Path.Combine(folder, "secrets.json"), $$"""{ "Parameters:key": "{{Secret}}" }""", Token);
            await using var host = new HostProcess(
                new Dictionary<string, string> { ["APPDATA"] = home.FullName, ["DOTNET_ENVIRONMENT"] = "Development", ["ASPNETCORE_ENVIRONMENT"] = "Development" }, "secret");
            var row = await host.WaitForLineAsync("  web", Token);

            using var web = new HttpClient { BaseAddress = new Uri(row.Split(' ')[^1]) };
            var variables = await web.GetFromJsonAsync<Dictionary<string, string>>("/variables", Token);
            await host.SignalAsync("INT", Token);
            await host.WaitForExitAsync(Token);

            Assert.Equal(Secret, variables!["KEY"]);
            Assert.DoesNotContain(host.Seen, line => line.Contains(Secret, StringComparison.Ordinal));
        }
        finally
        {
            home.Delete(recursive: true);
        }
    }
}
