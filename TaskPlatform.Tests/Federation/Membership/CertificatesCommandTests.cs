using Spectre.Console;
using TaskPlatform.Federation.Commands;
using TaskPlatform.Federation.Protocol.Membership;

namespace TaskPlatform.Tests.Federation.Membership;

/// <summary>The command that makes a federation for development, as it is typed.</summary>
public sealed class CertificatesCommandTests : IDisposable
{
    private const string Three = "node1=https://127.0.0.1:5382,node2=https://127.0.0.1:5383,node3=https://127.0.0.1:5384";

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("certificates").FullName, "deploy");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Theory]
    [InlineData(true, "certificates", "x")]
    [InlineData(true, "certificats")]
    [InlineData(false)]
    [InlineData(false, "--urls", "http://127.0.0.1:0")]
    [InlineData(false, "/urls", "http://127.0.0.1:0")]
    [InlineData(false, "urls=http://127.0.0.1:0")]
    public void IsCommand_Arguments_AreOneIfTheyBeginWithAWord(bool isCommand, params string[] args) => Assert.Equal(isCommand, CommandLine.IsCommand(args));

    [Fact]
    public void Run_ThreeNodes_MakesWhatMembersReadAndSaysWhere()
    {
        var (code, told) = Run(_folder, "--nodes", Three, "--aggregator", "https://127.0.0.1:7", "--period", "2.5", "--epoch", "3");

        Assert.Equal(0, code);
        var file = FederationFile.Load(MembershipFiles.FileOf(_folder, "node2"));
        Assert.Equal((3UL, 3, TimeSpan.FromSeconds(2.5), 7), (file.Epoch, file.MinimumCohort, file.Period, file.Aggregator.Address.Port));
        using var keys = MemberKeys.Load(MembershipFiles.KeysOf(_folder, "node2"));
        Assert.Equal("node2", file.OwnerOf(keys).Id);
        Assert.Contains($"  node2  https://127.0.0.1:5383  {Path.Combine(_folder, "node2")}", told);
        Assert.Contains("Federation__Keys=<folder>", told);
        Assert.Contains("A cohort of 3 is for trying out", told);
    }

    [Fact]
    public void Run_Again_RefusedUnlessTold()
    {
        Run(_folder, "--nodes", Three);
        var before = Key("node1");

        var (code, told) = Run(_folder, "--nodes", Three);

        Assert.Equal(1, code);
        Assert.Contains("Nothing was written. --keep", told);
        Assert.Equal((0, before), (Run(_folder, "--nodes", Three, "--keep", "--epoch", "2").Code, Key("node1")));
        Assert.Equal(0, Run(_folder, "--nodes", Three, "--force").Code);
        Assert.NotEqual(before, Key("node1"));
    }

    [Theory]
    [InlineData("--nodes is missing")]
    [InlineData("--nodes: 'node1' is not like node1=https://127.0.0.1:5382.", "--nodes", "node1")]
    [InlineData("--nodes: 'node1=x' is not like node1=https://127.0.0.1:5382.", "--nodes", "node1=x")]
    [InlineData("--nodes: '' is not like", "--nodes", Three + ",")]
    [InlineData("nodes: 3 to 10000", "--nodes", "node1=https://127.0.0.1:5382")]
    [InlineData("nodes[0].address: like https://host:port", "--nodes", "a=http://127.0.0.1:1,b=https://127.0.0.1:2,c=https://127.0.0.1:3")]
    [InlineData("nodes[0].id: 1 to 64", "--nodes", "../a=https://127.0.0.1:1,b=https://127.0.0.1:2,c=https://127.0.0.1:3")]
    [InlineData("nodes: two members have the same id", "--nodes", "a=https://127.0.0.1:1,a=https://127.0.0.1:2,c=https://127.0.0.1:3")]
    [InlineData("minimumCohort: a whole number from 3", "--nodes", Three, "--cohort", "2")]
    [InlineData("minimumCohort: The roster is below", "--nodes", Three, "--cohort", "4")]
    [InlineData("periodSeconds: from 0.1", "--nodes", Three, "--period", "0")]
    [InlineData("--aggregator: 'here' is no address", "--nodes", Three, "--aggregator", "here")]
    [InlineData("--keep or --force", "--nodes", Three, "--keep", "--force")]
    [InlineData("Unknown option 'node'", "--node", Three)]
    [InlineData("Failed to convert 'x'", "--nodes", Three, "--epoch", "x")]
    public void Run_MistypedArgument_SaysWhichAndWritesNothing(string error, params string[] args)
    {
        var (code, told) = Run([_folder, .. args]);

        Assert.NotEqual(0, code);
        Assert.Contains(error, told);
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void Run_MistypedCommand_SaysSo()
    {
        using var told = new StringWriter();

        Assert.NotEqual(0, CommandLine.Run(["certificats"], ConsoleOf(told)));
        Assert.Contains("certificates", told.ToString());
    }

    private string Key(string member) => File.ReadAllText(Path.Combine(MembershipFiles.KeysOf(_folder, member), MemberKeys.IdentityFile));

    private static (int Code, string Told) Run(params string[] args)
    {
        using var told = new StringWriter();
        return (CommandLine.Run(["certificates", .. args], ConsoleOf(told)), told.ToString());
    }

    private static IAnsiConsole ConsoleOf(StringWriter told)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(told) });
        console.Profile.Width = 1_000;
        return console;
    }
}
