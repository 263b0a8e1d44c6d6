using Microsoft.CodeAnalysis.Diagnostics;

namespace Peft.Declarative.Generators.Parse;

/// <summary>The folder of the project, which .NET's SDK tells the compiler.</summary>
internal static class ProjectFolder
{
    /// <summary>The folder; empty if the compiler was not told.</summary>
    internal static string Of(AnalyzerConfigOptionsProvider options) =>
        options.GlobalOptions.TryGetValue("build_property.projectdir", out string? folder) ? folder : "";
}
