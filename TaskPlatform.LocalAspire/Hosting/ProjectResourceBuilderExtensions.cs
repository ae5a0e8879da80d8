namespace Aspire.Hosting;

/// <summary>Adds .NET projects to an application.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project; its launch profile gives its variables and its ports.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        var path = new TProject().ProjectPath;
        var project = builder.AddResource(new ProjectResource(name));
        project.Resource.Annotations.Add(new ProjectAnnotation(path, BuildRecord.Output(typeof(TProject).Assembly, path)));
        LaunchProfile.Read(path)?.ApplyTo(project.Resource);
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
