using System.Reflection;

namespace Aspire.Hosting;

/// <summary>How a project becomes a resource.</summary>
public class ProjectResourceOptions
{
    /// <summary>Which profile of launchSettings.json; the first that runs the project when null.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>Whether launchSettings.json is left aside.</summary>
    public bool ExcludeLaunchProfile { get; set; }
}

/// <summary>Adds .NET projects to an application.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project; its launch profile gives its variables and its ports.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, _ => { });

    /// <summary>Adds a project.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(
        this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure) where TProject : IProjectMetadata, new()
    {
        var path = new TProject().ProjectPath;
        var options = new ProjectResourceOptions();
        configure(options);
        var project = builder.AddResource(new ProjectResource(name));
        project.Resource.Annotations.Add(new ProjectAnnotation(path, BuildRecord.Output(typeof(TProject).Assembly, path)));
        if (LaunchProfile.Read(path, options) is { } profile) profile.ApplyTo(project.Resource);
        return project;
    }

    /// <summary>Runs the project so many times behind one address.</summary>
    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(replicas, 1);
        builder.Resource.Annotations.Add(new ReplicaAnnotation(replicas));
        return builder;
    }
}
