using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Testing;
using Peft.Declarative.Generators.Rules;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Fixes;

/// <summary>Runs analyzer and fix over marked source: <c>{|PEFT101:…|}</c> is where the diagnostic must stand.</summary>
internal static class Fix
{
    private const string Usings =
        """
        using Peft.Declarative;
        using Peft.Declarative.Models;
        using TorchSharp;
        using TorchSharp.Modules;
        using static TorchSharp.torch;
        using static TorchSharp.torch.nn;

        """;

    internal static Task Verify<TFix>(string before, string after, int choice = 0)
        where TFix : CodeFixProvider, new() => Verify<DeclarationAnalyzer, TFix>(before, after, choice);

    internal static Task Verify<TFix>(string before, string after, (string Path, string Text) file)
        where TFix : CodeFixProvider, new() => Verify<DeclarationAnalyzer, TFix>(before, after, 0, file);

    internal static Task Verify<TAnalyzer, TFix>(string before, string after, int choice = 0, params (string Path, string Text)[] files)
        where TAnalyzer : DiagnosticAnalyzer, new()
        where TFix : CodeFixProvider, new()
    {
        var test = new CSharpCodeFixTest<TAnalyzer, TFix, DefaultVerifier>
        {
            TestCode = Usings + before,
            FixedCode = Usings + after,
            CodeActionIndex = choice,

            // The running framework instead of packages, and no generator: the samples lack what it adds.
            ReferenceAssemblies = new ReferenceAssemblies("net10.0"),
            CompilerDiagnostics = CompilerDiagnostics.None,
        };
        test.TestState.AdditionalReferences.AddRange(References.All);
        foreach ((string path, string text) in files) test.TestState.AdditionalFiles.Add((path, text));
        return test.RunAsync();
    }
}
