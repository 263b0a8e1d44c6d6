extern alias generators;

using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;
using DeclarativeGenerator = generators::Peft.Declarative.Generators.DeclarativeGenerator;

namespace Peft.Declarative.Benchmarks;

/// <summary>A project of a thousand files, some of which declare adapters.</summary>
internal static class LargeProject
{
    internal const int Files = 1000;
    internal const int Classes = 200;
    internal const int Configs = 20;
    internal const int PerConfig = Classes / Configs;

    /// <summary>Number of a file that declares an adapter.</summary>
    internal const int Annotated = 805;

    internal static ImmutableArray<AdditionalText> AdditionalFiles { get; } =
        [.. Enumerable.Range(0, Configs).Select(number => new ConfigText($"base{number}/config.json", Config(hidden: 64))), new ConfigText("appsettings.json", "{}"), new ConfigText("tokenizer.json", Vocabulary(0))];

    internal static CSharpCompilation Compile(int classes = Classes, int files = Files) => CSharpCompilation.Create(
        "Large",
        [.. Enumerable.Range(0, files).Select(number => Parse(number, number < files - classes ? Unrelated(number, "") : Persona(number, "")))],
        References(),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    internal static GeneratorDriver Driver(IIncrementalGenerator[] generators, bool tracks = false) => CSharpGeneratorDriver.Create(
        generators.Select(generator => generator.AsSourceGenerator()),
        AdditionalFiles,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: tracks));

    internal static ImmutableArray<AdditionalText> WithFile(string path, string text) =>
        [.. AdditionalFiles.Select(file => file.Path == path ? new ConfigText(path, text) : file)];

    internal static Compilation Replace(CSharpCompilation compilation, int number, string text) =>
        compilation.ReplaceSyntaxTree(compilation.SyntaxTrees[number], Parse(number, text));

    /// <summary>How many plans an edit makes the generator write again.</summary>
    internal static int PlansAnew(Compilation edited, ImmutableArray<AdditionalText>? files)
    {
        GeneratorDriver driver = Driver([new DeclarativeGenerator()], tracks: true).RunGenerators(Compile());
        driver = driver.ReplaceAdditionalTexts(files ?? AdditionalFiles).RunGenerators(edited);
        return driver.GetRunResult().Results[0].TrackedSteps["Plan"].SelectMany(step => step.Outputs).Count(output => output.Reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified);
    }

    internal static string Persona(int number, string comment, int rank = 8) =>
        $$"""
        using Peft.Declarative;
        using Peft.Declarative.Models;
        namespace Large.Personas;
        {{comment}}
        [Lora(rank: {{rank}}, Alpha = 16, Targets = ["q_proj", "v_proj"])]
        [Training(Epochs = 3, LearningRate = 2e-4)]
        [BaseConfig("base{{number % Configs}}/config.json")]
        public sealed partial class Persona{{number}} : LlamaForCausalLM
        {
            public string Title => "{{number}}";
        }
        """;

    internal static string Unrelated(int number, string statement, string member = "") =>
        $$"""
        using System;
        using System.Collections.Generic;
        using System.Linq;
        namespace Large.Orders;
        /// <summary>Orders of one kind.</summary>
        [Obsolete("another kind is better")]
        public sealed class Orders{{number}}
        {
            private readonly List<string> _lines = new();
            {{member}}
            public int Total { get; private set; }
            public void Add(string line, int price)
            {
                {{statement}}
                if (string.IsNullOrEmpty(line)) throw new ArgumentException("a line has a text", nameof(line));
                foreach (string part in line.Split(',').Where(part => part.Length > 0)) _lines.Add(part.Trim());
                Total += price * _lines.Count;
            }
            public override string ToString() => string.Join(Environment.NewLine, _lines.OrderBy(line => line, StringComparer.Ordinal));
        }
        """;

    internal static string Config(int hidden) =>
        $$"""
        {
          "model_type": "llama", "hidden_size": {{hidden}}, "intermediate_size": {{hidden * 4}}, "num_attention_heads": 4, "num_hidden_layers": 4, "num_key_value_heads": 2,
          "head_dim": 16, "max_position_embeddings": 2048, "tie_word_embeddings": false, "vocab_size": 512
        }
        """;

    /// <summary>Two megabytes of tokens.</summary>
    internal static string Vocabulary(int first)
    {
        var text = new StringBuilder("{ \"model\": { \"vocab\": {");
        for (int token = first; text.Length < 2 << 20; token++) text.Append(CultureInfo.InvariantCulture, $"\"token{token}\": {token},");
        return text.Append("\"last\": 0 } } }").ToString();
    }

    private static SyntaxTree Parse(int number, string text) => CSharpSyntaxTree.ParseText(text, path: $"File{number}.cs");

    // Not the generator, which no project references and which has the attributes too.
    private static IEnumerable<MetadataReference> References() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Where(path => path != typeof(DeclarativeGenerator).Assembly.Location)
        .Select(path => MetadataReference.CreateFromFile(path));

    private sealed class ConfigText(string path, string text) : AdditionalText
    {
        private readonly SourceText _text = SourceText.From(text);

        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => _text;
    }
}
