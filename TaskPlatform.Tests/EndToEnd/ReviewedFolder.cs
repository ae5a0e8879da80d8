namespace TaskPlatform.Tests.EndToEnd;

/// <summary>A small project to review, and a folder for the application's data; gone at the end.</summary>
internal sealed class ReviewedFolder : IDisposable
{
    public const int Files = 6;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("taskplatform-review-");

    public ReviewedFolder()
    {
        Directory.CreateDirectory(Data);
        Directory.CreateDirectory(Source);
        for (var number = 1; number <= Files; number++) File.WriteAllText(Path.Combine(Source, $"Greeter{number}.cs"), Code(number));
    }

    public string Data => Path.Combine(_folder.FullName, "data");

    public string Source => Path.Combine(_folder.FullName, "source");

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Code(int number) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;

        namespace Greetings
        {
            public class Greeter{{number}}
            {
                private readonly List<string> names = new List<string>();

                public bool Knows(string name)
                {
                    if (names.Where(known => known == name).Any() == true)
                    {
                        return true;
                    }
                    else
                    {
                        return false;
                    }
                }
            }
        }
        """;
}
