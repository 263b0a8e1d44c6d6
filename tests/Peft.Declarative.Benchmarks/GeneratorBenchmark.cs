extern alias generators;

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using DeclarationAnalyzer = generators::Peft.Declarative.Generators.Rules.DeclarationAnalyzer;
using DeclarativeGenerator = generators::Peft.Declarative.Generators.DeclarativeGenerator;
using MergeCallAnalyzer = generators::Peft.Declarative.Generators.Rules.MergeCallAnalyzer;
using StartupGenerator = generators::Peft.Declarative.Generators.StartupGenerator;

namespace Peft.Declarative.Benchmarks;

/// <summary>
/// What generator and analyzers cost in a large project: one build, and each key that is typed after it, beside a generator that does nothing. Times are those of
/// the processor, which other programs on the machine change little.
/// </summary>
internal static class GeneratorBenchmark
{
    private const int Rounds = 25;

    internal static void Run(string[] arguments)
    {
        CSharpCompilation compilation = LargeProject.Compile();
        compilation.GetDiagnostics();   // the compiler's own work is not the generator's

        Console.WriteLine($"{LargeProject.Files} files, {LargeProject.Classes} annotated classes{"ms",17}{"empty",8}{"over it",9}{"plans anew",12}");
        (double generation, double analysis) = Build(compilation);
        Console.WriteLine($"{"build: generator",-36}{generation,17:F0}");
        Console.WriteLine($"{"build: generator and analyzers",-36}{generation + analysis,17:F0}");

        GeneratorDriver ours = LargeProject.Driver([new DeclarativeGenerator(), new StartupGenerator()]).RunGenerators(compilation);
        GeneratorDriver empty = LargeProject.Driver([new EmptyGenerator()]).RunGenerators(compilation);
        Measure("keystroke in an unrelated file", ours, empty, round => (LargeProject.Replace(compilation, 0, LargeProject.Unrelated(0, "", $"public int Field{round};")), null));
        Measure("keystroke in a method's body", ours, empty, round => (LargeProject.Replace(compilation, 1, LargeProject.Unrelated(1, $"int count = {round};")), null));
        Measure("keystroke in an annotated file", ours, empty, round => (LargeProject.Replace(compilation, LargeProject.Annotated, LargeProject.Persona(LargeProject.Annotated, $"// {round}")), null));
        Measure("another rank", ours, empty, round => (LargeProject.Replace(compilation, LargeProject.Annotated, LargeProject.Persona(LargeProject.Annotated, "", rank: round + 2)), null));
        Measure("another appsettings.json", ours, empty, round => (compilation, LargeProject.WithFile("appsettings.json", $"{{ \"a\": {round} }}")));
        Measure("another tokenizer.json of 2 MB", ours, empty, round => (compilation, LargeProject.WithFile("tokenizer.json", LargeProject.Vocabulary(round))));
        Measure($"another config.json ({LargeProject.PerConfig} classes)", ours, empty, round => (compilation, LargeProject.WithFile("base0/config.json", LargeProject.Config(hidden: 64 * (round + 2)))));
    }

    /// <summary>A first build, in which nothing has been compiled by the JIT yet either. The time of analyzers is that which the compiler notes.</summary>
    private static (double Generation, double Analysis) Build(CSharpCompilation compilation)
    {
        TimeSpan start = Now;
        LargeProject.Driver([new DeclarativeGenerator(), new StartupGenerator()]).RunGeneratorsAndUpdateCompilation(compilation, out Compilation after, out _);
        double generation = (Now - start).TotalMilliseconds;

        ImmutableArray<DiagnosticAnalyzer> analyzers = [new DeclarationAnalyzer(), new MergeCallAnalyzer()];
        CompilationWithAnalyzers analyzed = after.WithAnalyzers(
            analyzers, new CompilationWithAnalyzersOptions(new AnalyzerOptions(LargeProject.AdditionalFiles), null, concurrentAnalysis: false, logAnalyzerExecutionTime: true));
        ImmutableArray<Diagnostic> found = analyzed.GetAnalyzerDiagnosticsAsync().GetAwaiter().GetResult();
        if (!found.IsEmpty) throw new InvalidOperationException(found[0].ToString());
        return (generation, analyzers.Sum(analyzer => analyzed.GetAnalyzerTelemetryInfoAsync(analyzer, default).GetAwaiter().GetResult().ExecutionTime.TotalMilliseconds));
    }

    /// <summary>Medians of the two pipelines by turns, so that a busy machine is busy for both.</summary>
    private static void Measure(string what, GeneratorDriver ours, GeneratorDriver empty, Func<int, (Compilation Compilation, ImmutableArray<AdditionalText>? Files)> edit)
    {
        var times = new List<(double Ours, double Empty)>();
        for (int round = 0; round < Rounds; round++)
        {
            (Compilation compilation, ImmutableArray<AdditionalText>? files) = edit(round);
            times.Add((Time(ref ours, compilation, files), Time(ref empty, compilation, files)));
        }

        (Compilation last, ImmutableArray<AdditionalText>? changed) = edit(Rounds);
        int anew = LargeProject.PlansAnew(last, changed);
        double median = Median(times.Select(time => time.Ours)), without = Median(times.Select(time => time.Empty));
        Console.WriteLine($"{what,-36}{median,17:F1}{without,8:F1}{median - without,9:F1}{anew,12}");
    }

    private static double Time(ref GeneratorDriver driver, Compilation compilation, ImmutableArray<AdditionalText>? files)
    {
        if (files is { } others) driver = driver.ReplaceAdditionalTexts(others);
        TimeSpan start = Now;
        driver = driver.RunGenerators(compilation);
        return (Now - start).TotalMilliseconds;
    }

    private static TimeSpan Now => Environment.CpuUsage.TotalTime;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>A generator with nothing to do.</summary>
    private sealed class EmptyGenerator : IIncrementalGenerator
    {
        public void Initialize(IncrementalGeneratorInitializationContext context)
        {
        }
    }
}
