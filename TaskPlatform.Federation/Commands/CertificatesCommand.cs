using System.ComponentModel;
using Spectre.Console;
using Spectre.Console.Cli;
using TaskPlatform.Federation.Protocol.Membership;
using TaskPlatform.Federation.Protocol.Rounds;

namespace TaskPlatform.Federation.Commands;

/// <summary>Makes a federation for development: docs/federation.md.</summary>
/// <param name="console">Where it tells what it has made.</param>
internal sealed class CertificatesCommand(IAnsiConsole console) : Command<CertificatesCommand.Settings>
{
    /// <summary>What can be said on the command line.</summary>
    public sealed class Settings : CommandSettings
    {
        private readonly List<(string Id, Uri Address)> _nodes = [];

        /// <summary>Where the members' folders go.</summary>
        [CommandArgument(0, "<folder>")]
        [Description("Where the members' folders go.")]
        public string Folder { get; init; } = "";

        /// <summary>The nodes.</summary>
        [CommandOption("--nodes <NODES>")]
        [Description("Names and addresses, three at least: node1=https://127.0.0.1:5382,node2=https://…")]
        public string Nodes { get; init; } = "";

        /// <summary>The aggregator.</summary>
        [CommandOption("--aggregator <ADDRESS>")]
        [Description("The aggregator's address for members.")]
        [DefaultValue("https://127.0.0.1:5391")]
        public string Aggregator { get; init; } = "";

        /// <summary>How few nodes may be in a sum.</summary>
        [CommandOption("--cohort <NODES>")]
        [Description("A sum of fewer nodes is never opened. Unset: 6, or all nodes if there are fewer.")]
        public int? Cohort { get; init; }

        /// <summary>How often a round begins.</summary>
        [CommandOption("--period <SECONDS>")]
        [Description("How often a round begins.")]
        [DefaultValue(5.0)]
        public double Period { get; init; }

        /// <summary>The number of the list of members.</summary>
        [CommandOption("--epoch <NUMBER>")]
        [Description("The number of this list of members: higher than that of the one before.")]
        [DefaultValue(1UL)]
        public ulong Epoch { get; init; }

        /// <summary>Whether keys stay.</summary>
        [CommandOption("--keep")]
        [Description("Members that are there keep their keys; give a higher --epoch.")]
        public bool Keep { get; init; }

        /// <summary>Whether keys go.</summary>
        [CommandOption("--force")]
        [Description("Members that are there get new keys.")]
        public bool Force { get; init; }

        /// <summary>The nodes, when they were validated.</summary>
        internal IReadOnlyList<(string Id, Uri Address)> Parsed => _nodes;

        internal ExistingMembers Existing => Force ? ExistingMembers.Replace : Keep ? ExistingMembers.KeepKeys : ExistingMembers.Refuse;

        public override ValidationResult Validate()
        {
            if (Nodes.Length == 0) return ValidationResult.Error("--nodes is missing: --nodes node1=https://127.0.0.1:5382,node2=https://127.0.0.1:5383,node3=https://127.0.0.1:5384");
            if (Keep && Force) return ValidationResult.Error("--keep or --force, not both.");
            if (!Uri.TryCreate(Aggregator, UriKind.Absolute, out _)) return ValidationResult.Error($"--aggregator: '{Aggregator}' is no address like https://127.0.0.1:5391.");
            foreach (var node in Nodes.Split(','))
            {
                if (node.Split('=', 2) is not [{ Length: > 0 } id, { } text] || !Uri.TryCreate(text, UriKind.Absolute, out var address))
                {
                    return ValidationResult.Error($"--nodes: '{node}' is not like node1=https://127.0.0.1:5382.");
                }
                _nodes.Add((id, address));
            }
            return ValidationResult.Success();
        }
    }

    /// <inheritdoc/>
    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var federation = new NewFederation(settings.Parsed)
        {
            Aggregator = new Uri(settings.Aggregator),
            MinimumCohort = settings.Cohort,
            PeriodSeconds = settings.Period,
            Epoch = settings.Epoch,
        };
        try
        {
            Tell(settings.Folder, MembershipFiles.Create(settings.Folder, federation, settings.Existing), federation);
            return 0;
        }
        catch (MembershipException wrong)
        {
            Write(wrong.Message);
            if (settings.Existing == ExistingMembers.Refuse && Directory.Exists(settings.Folder)) Write("Nothing was written. --keep lets members that are there keep their keys, --force gives them new ones.");
            return 1;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Write($"{settings.Folder}: {failed.Message}");
            return 1;
        }
    }

    private void Tell(string folder, FederationFile file, NewFederation federation)
    {
        Write($"Federation '{file.FederationId}', epoch {file.Epoch}, minimum cohort {file.MinimumCohort}, a round every {file.Period.TotalSeconds:0.###} s:");
        foreach (var member in file.Members) Write($"  {member.Id}  {member.Address.GetLeftPart(UriPartial.Authority)}  {MembershipFiles.KeysOf(folder, member.Id)}");
        Write("Each folder is for its member alone: bring it there, and set there");
        Write($"  Federation__Enabled=true  Federation__File=<folder>/{MembershipFiles.FederationFileName}  Federation__Keys=<folder>");
        Write("and at a node Federation__NodeId=<its name> and Federation__Data=<a folder that lasts>.");
        Write($"New certificates hold until {federation.ValidFrom + federation.Validity:yyyy-MM-dd}. Start every member again: the file is read at the start.");
        if (file.MinimumCohort < new RoundRules().MinimumCohort) Write($"A cohort of {file.MinimumCohort} is for trying out: the fewer nodes in a sum, the more it tells of each.");
    }

    /// <summary>Not by the console's own writing, which breaks lines at its width: paths are copied from here.</summary>
    private void Write(string line) => console.Profile.Out.Writer.WriteLine(line);
}
