using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Peft.Declarative.Generators.Tests.Hosting;

namespace Peft.Declarative.Generators.Tests.Pipeline;

/// <summary>A project under edit: one annotated file and one other, and what the pipeline did at the last edit.</summary>
internal sealed class Edits
{
    internal const string Persona =
        """
        using Peft.Declarative; using Peft.Declarative.Models;
        [Lora(rank: 8)]
        [BaseConfig("gpt2/config.json")]
        public sealed partial class Persona : Gpt2ForCausalLM
        {
        }
        """;

    private GeneratorDriver driver;
    private Compilation compilation;

    internal Edits()
    {
        compilation = Generated.Compile(Persona).AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other;", path: "Other.cs"));
        driver = CSharpGeneratorDriver.Create(
            [new DeclarativeGenerator().AsSourceGenerator()],
            [new TextFile(Configs.Gpt2.Path, Configs.Gpt2.Text)],
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGenerators(compilation);
    }

    internal GeneratorRunResult Result => driver.GetRunResult().Results[0];

    /// <summary>Puts other text into a file and runs the generator again.</summary>
    internal Edits Change(string file, string text)
    {
        SyntaxTree tree = compilation.SyntaxTrees.Single(tree => tree.FilePath == file);
        compilation = compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(text, path: file));
        driver = driver.RunGenerators(compilation);
        return this;
    }

    internal Edits ChangeConfig(string text)
    {
        driver = driver.ReplaceAdditionalTexts([new TextFile(Configs.Gpt2.Path, text)]).RunGenerators(compilation);
        return this;
    }

    /// <summary>What a step did at the last run, over all its outputs.</summary>
    internal IncrementalStepRunReason[] Reasons(string step) =>
        [.. Result.TrackedSteps.TryGetValue(step, out var runs) ? runs.SelectMany(run => run.Outputs).Select(output => output.Reason).Distinct() : []];

    /// <summary>What happened to the generated files.</summary>
    internal IncrementalStepRunReason[] OutputReasons =>
        [.. Result.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(run => run.Outputs).Select(output => output.Reason).Distinct()];
}
