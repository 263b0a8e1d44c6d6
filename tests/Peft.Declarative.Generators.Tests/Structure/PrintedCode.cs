using System.Text.RegularExpressions;

namespace Peft.Declarative.Generators.Tests.Structure;

/// <summary>The C# that documents of the repository print.</summary>
internal static partial class PrintedCode
{
    /// <summary>The blocks of a document.</summary>
    internal static string[] In(string file) =>
        [.. Fence().Matches(File.ReadAllText(Path.Combine(Repository.Root, file)).ReplaceLineEndings("\n")).Select(match => match.Groups["code"].Value)];

    /// <summary>Whether a block is of a web program, which needs ASP.NET Core and the servers' packages.</summary>
    internal static bool IsOfAServer(string printed) => printed.Contains("builder.AddPeft", StringComparison.Ordinal);

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
