using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace TaskPlatform.Tests.LocalAspire;

public sealed class HostProcessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_OfTheHost_LeavesNoProcessBehind()
    {
        using var held = new SharedLock();
        await using var host = new HostProcess("locks", $"--Probe:Lock={held.File}");
        await host.WaitForLineAsync("holds", Token);
        await host.WaitForLineAsync("holds", Token);
        Assert.True(await held.IsHeldAsync(Token));

        await host.SignalAsync("KILL", Token);

        Assert.True(await held.IsFreeWithinAsync(20, Token), "A process of the stack outlived its host.");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Stop_WithAProcessThatIgnoresIt_EndsAllWithinTenSeconds(string signal)
    {
        using var held = new SharedLock();
        await using var host = new HostProcess("locks", $"--Probe:Lock={held.File}");
        await host.WaitForLineAsync("holds", Token);
        await host.WaitForLineAsync("holds", Token);

        var watch = Stopwatch.StartNew();
        await host.SignalAsync(signal, Token);
        var code = await host.WaitForExitAsync(Token);

        Assert.Equal(0, code);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.True(await held.IsFreeWithinAsync(0, Token), "A process of the stack outlived the stop.");
    }

    [Fact]
    public async Task Stop_OfProcessesThatWaitForOthers_ComesBeforeThose()
    {
        await using var host = new HostProcess("order");
        await host.WaitForLineAsync("All resources are healthy", Token);

        await host.SignalAsync("INT", Token);
        Assert.Equal(0, await host.WaitForExitAsync(Token));

        var ends = host.Seen.Where(line => line.EndsWith(" ends", StringComparison.Ordinal)).Select(line => line.Split('|')[1].Trim());
        Assert.Equal(["agent ends", "api ends", "store ends"], ends);
    }

    [Fact]
    public async Task Show_WhenAllAreHealthy_ListsResourcesWithTheirAddresses()
    {
        await using var host = new HostProcess("order");
        await host.WaitForLineAsync("All resources are healthy", Token);

        foreach (var name in (string[])["store", "api", "agent"])
            Assert.Matches($@"^\s+{name}\s+http://localhost:\d+$", await host.WaitForLineAsync(name, Token));
    }

    [Fact]
    public async Task End_OfAProcessByItself_ShowsItsExitCodeAndLastLines()
    {
        await using var host = new HostProcess("dies");

        await host.WaitForLineAsync("ended by itself with exit code 3", Token);
        string[] last = [await host.WaitForLineAsync("line", Token), await host.WaitForLineAsync("line", Token)];

        Assert.All(last, line => Assert.StartsWith("mortal |   the ", line));
        Assert.DoesNotContain(host.Seen, line => line.Contains('\e')); // redirected, hence no colours
    }

    [Fact]
    public async Task Start_WithATakenPort_NamesResourceAndPortAndFails()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var host = new HostProcess("one", $"--Probe:Port={port}", "--DcpPublisher:RandomizePorts=false");

        Assert.Equal(1, await host.WaitForExitAsync(Token));
        Assert.StartsWith($"error: 'web': port {port} is taken", Assert.Single(host.Seen));
    }

    [Theory]
    [InlineData("--operation", "publish")]
    [InlineData("--publisher", "manifest")]
    public async Task Publish_WithoutTheAspirePackages_SaysWhatToDoAndFails(string option, string value)
    {
        await using var host = new HostProcess("one", option, value);

        Assert.Equal(1, await host.WaitForExitAsync(Token));
        Assert.StartsWith("error: Publishing needs the Aspire packages.", Assert.Single(host.Seen));
    }

    [Theory]
    [InlineData("missing-tool", "error: 'needy' needs `no-such-tool`, which is not on the PATH")]
    [InlineData("not-built", "error: 'unbuilt': /nowhere/Not.Built.csproj has not been built. Run `dotnet build`")]
    public async Task Start_WithSomethingMissing_SaysWhatToDoAndFails(string topology, string error)
    {
        await using var host = new HostProcess(topology);

        Assert.Equal(1, await host.WaitForExitAsync(Token));
        Assert.StartsWith(error, Assert.Single(host.Seen));
    }
}
