extern alias generators;

using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using DeclarativeGenerator = generators::Peft.Declarative.Generators.DeclarativeGenerator;

namespace Peft.Declarative.Benchmarks;

/// <summary>What the generator costs: the first run over many annotated classes, and one edit after it, which is what an editor does at each key.</summary>
internal static class GeneratorBenchmark
{
    private const int Classes = 200;
    private const int Edits = 20;

    internal static void Run(string[] arguments)
    {
        IEnumerable<SyntaxTree> classes = Enumerable.Range(0, Classes).Select(number => Parse($"Persona{number}.cs",
            $$"""
            using Peft.Declarative; using Peft.Declarative.Models;
            namespace Many;
            [Lora(rank: 8, Alpha = 16, Targets = ["q_proj", "v_proj"])]
            public sealed partial class Persona{{number}} : LlamaForCausalLM { }
            """));
        CSharpCompilation compilation = CSharpCompilation.Create("Many", [.. classes, Parse("Other.cs", "class Other;")], References());
        GeneratorDriver driver = CSharpGeneratorDriver.Create(new DeclarativeGenerator());
        compilation.GetDiagnostics();   // the compiler's own work is not the generator's

        Console.WriteLine($"{Classes} annotated classes        {"ms",8} {"MiB",8}");
        driver = Measure("cold", 1, driver, _ => compilation);
        driver = Measure("edit of another file", Edits, driver, round => Replace(compilation, "Other.cs", $"class Other {{ int field{round}; }}"));
        Measure("edit of one rank", Edits, driver, round => Replace(compilation, "Persona7.cs",
            $"using Peft.Declarative; using Peft.Declarative.Models; namespace Many; [Lora(rank: {8 + round})] public sealed partial class Persona7 : LlamaForCausalLM;"));
    }

    private static GeneratorDriver Measure(string what, int rounds, GeneratorDriver driver, Func<int, Compilation> edit)
    {
        double milliseconds = 0;
        long bytes = 0;
        for (int round = 0; round < rounds; round++)
        {
            Compilation edited = edit(round);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            driver = driver.RunGenerators(edited);
            milliseconds += Stopwatch.GetElapsedTime(start).TotalMilliseconds / rounds;
            bytes += (GC.GetAllocatedBytesForCurrentThread() - allocated) / rounds;
        }

        Console.WriteLine($"{what,-30} {milliseconds,8:F1} {bytes / (double)(1 << 20),8:F1}");
        return driver;
    }

    private static CSharpCompilation Replace(CSharpCompilation compilation, string path, string text) =>
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees.Single(tree => tree.FilePath == path), Parse(path, text));

    private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, path: path);

    // Not the generator, which no project references and which has the attributes too.
    private static IEnumerable<MetadataReference> References() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => path != typeof(DeclarativeGenerator).Assembly.Location)
        .Select(path => MetadataReference.CreateFromFile(path));
}
