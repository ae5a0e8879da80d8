using System.Text.Json;

namespace TaskPlatform.LocalAspire.Hosting;

/// <summary>A profile of a project's launchSettings.json: its variables, and the ports under which others know it.</summary>
internal sealed record LaunchProfile(IReadOnlyDictionary<string, string> Variables, IReadOnlyList<Uri> Urls)
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    public static LaunchProfile? Read(string projectPath, ProjectResourceOptions options)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (options.ExcludeLaunchProfile || !File.Exists(file)) return null;
        using var json = JsonDocument.Parse(File.ReadAllText(file), Lenient);
        if (!json.RootElement.TryGetProperty("profiles", out var profiles)) return null;
        foreach (var profile in profiles.EnumerateObject())
            if (options.LaunchProfileName is { } wanted ? profile.Name == wanted : RunsProject(profile.Value)) return Parse(profile.Value);
        return options.LaunchProfileName is null ? null
            : throw new DistributedApplicationException($"{file} has no profile '{options.LaunchProfileName}'.");
    }

    public void ApplyTo(ProjectResource project)
    {
        foreach (var url in Urls)
            if (!project.Annotations.OfType<EndpointAnnotation>().Any(known => known.Name == url.Scheme))
                project.Annotations.Add(new EndpointAnnotation(url.Scheme, url.Scheme) { Port = url.Port });
        project.Annotations.Add(new EnvironmentAnnotation(context =>
        {
            foreach (var (name, value) in Variables) context.EnvironmentVariables[name] = value;
            return Task.CompletedTask;
        }));
    }

    private static bool RunsProject(JsonElement profile) =>
        profile.TryGetProperty("commandName", out var command) && command.GetString() == "Project";

    private static LaunchProfile Parse(JsonElement profile)
    {
        var variables = new Dictionary<string, string>();
        if (profile.TryGetProperty("environmentVariables", out var declared))
            foreach (var variable in declared.EnumerateObject()) variables[variable.Name] = variable.Value.GetString() ?? "";
        var urls = profile.TryGetProperty("applicationUrl", out var url) ? url.GetString() ?? "" : "";
        return new LaunchProfile(variables,
        [
            .. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(text => new Uri(text)).Where(uri => uri.Scheme == "http"), // no certificate, hence no https here
        ]);
    }
}
