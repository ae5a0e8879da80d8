using System.Text.Json;

namespace TaskPlatform.LocalAspire.Hosting;

/// <summary>A profile of a project's launchSettings.json: its variables, and the addresses under which others know it.</summary>
internal sealed record LaunchProfile(string? CommandName, string? ApplicationUrl, Dictionary<string, string>? EnvironmentVariables)
{
    private static readonly JsonSerializerOptions Lenient =
        new(JsonSerializerDefaults.Web) { AllowTrailingCommas = true, ReadCommentHandling = JsonCommentHandling.Skip };

    private sealed record LaunchSettings(Dictionary<string, LaunchProfile>? Profiles);

    /// <summary>The first profile that runs the project; null without.</summary>
    public static LaunchProfile? Read(string projectPath)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(file)) return null;
        var settings = JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), Lenient);
        return settings?.Profiles?.Values.FirstOrDefault(profile => profile.CommandName == "Project");
    }

    public void ApplyTo(ProjectResource project)
    {
        var urls = (ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var url in urls.Select(text => new Uri(text)))
            if (url.Scheme == "http") // no certificate, hence no https here
                project.Annotations.Add(new EndpointAnnotation(url.Scheme, url.Scheme) { Port = url.Port });
        project.Annotations.Add(new EnvironmentAnnotation(variables =>
        {
            foreach (var (name, value) in EnvironmentVariables ?? []) variables[name] = value;
        }));
    }
}
