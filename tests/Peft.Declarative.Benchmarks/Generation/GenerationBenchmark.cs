using System.Globalization;
using Peft.Declarative.Benchmarks.Training;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Generation;

/// <summary>
/// Decoding with batch 1 and 16 against the rate at which memory gives the weights, and prefill against the products alone. Both floors are measured in the same
/// run, in turns with what is compared with them.
/// </summary>
internal static class GenerationBenchmark
{
    private const int Rounds = 7;
    private const int PromptLength = 256;
    private const int NewTokens = 16;
    private const int RepeatedTokens = 40;

    // After each of these ids the next one follows, so that a text repeats its prompt.
    private static readonly int[] Round = [5, 9, 13, 7];

    private static readonly LlamaConfig Shape = BenchmarkModel.Shape with
    {
        VocabularySize = 32_000,
        HiddenSize = 1024,
        LayerCount = 8,
        HeadCount = 16,
        KeyValueHeadCount = 16,
        IntermediateSize = 2816,
    };

    // The type is that of the products with many rows.
    private static readonly (string Name, ScalarType Type, Action<BenchmarkModel> Prepare)[] Bases =
    [
        ("float32", ScalarType.Float32, _ => { }),
        ("bfloat16", ScalarType.BFloat16, model => model.Use(Precision.BFloat16)),
        ("NF4", ScalarType.Float32, model => model.Quantize(new QuantizationSettings())),   // the head stays float32
    ];

    internal static void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 && int.TryParse(arguments[0], CultureInfo.InvariantCulture, out int asked) ? asked : Rounds;
        long[][] weights = Weights();
        long elements = weights.Sum(shape => shape[0] * shape[1]);
        Console.WriteLine($"hidden {Shape.HiddenSize}, {Shape.LayerCount} layers, vocabulary {Shape.VocabularySize}; LoRA r=8 on q, v; {get_num_threads()} threads, {rounds} rounds");
        Console.WriteLine($"{"base",-10} {"decode 1",12} {"of memory",10} {"decode 16",12} {"prefill",12} {"of products",12} {"repeated",10} {"looked up",10} {"one pass",10}   tokens/s");
        using Tensor memory = empty(elements, dtype: ScalarType.Float32).fill_(1);
        foreach ((string name, ScalarType type, Action<BenchmarkModel> prepare) in Bases)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor[] products = [.. weights.Select(shape => empty(shape, dtype: type).fill_(0.01))];
            Tensor wide = ones(PromptLength, 2816, dtype: type);
            using BenchmarkModel model = BenchmarkModel.FromConfig(Shape, seed: 1);
            prepare(model);
            model.eval();
            long read = Bytes(model) / sizeof(float);
            var generator = new TextGenerator(model);
            using Tensor one = randint(2, 200, [1, 1], dtype: ScalarType.Int64);
            using Tensor many = randint(2, 200, [16, 1], dtype: ScalarType.Int64);
            using Tensor prompt = randint(2, 200, [1, PromptLength], dtype: ScalarType.Int64);
            int passes = 0;
            double[][] seconds = Turns.Seconds(rounds,
            [
                () => Generate(generator, one),
                () => ReadAll(memory, read),
                () => Generate(generator, many),
                () => Prefill(model, prompt),
                () => Multiply(products, wide),
                () => Repeat(generator, 0),
                () => passes = Repeat(generator, 7),
            ]);
            double[] median = [.. seconds.Select(Turns.Median)];
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name,-10} {NewTokens / median[0],12:F1} {NewTokens * Turns.Ratio(seconds[1], seconds[0]),10:F2} {16 * NewTokens / median[2],12:F1} {PromptLength / median[3],12:F1} {Turns.Ratio(seconds[4], seconds[3]),12:F2} {RepeatedTokens / median[5],10:F1} {RepeatedTokens / median[6],10:F1} {Turns.Ratio(seconds[6], seconds[5]) * RepeatedTokens / passes,10:F2}"));
        }
    }

    private static long[][] Weights()
    {
        using BenchmarkModel model = BenchmarkModel.FromConfig(Shape, seed: 1);
        return [.. model.modules().OfType<Linear>().Select(layer => new[] { layer.Output, layer.Input })];
    }

    // Codes are two per byte, with a scale of a byte for 64 of them.
    private static long Bytes(BenchmarkModel model) => model.modules().OfType<Linear>().Sum(layer =>
        (layer.weight.numel() * layer.weight.element_size()) + (layer.weight.dtype == ScalarType.Byte ? layer.Input * layer.Output / 64 : 0));

    private static void Generate(TextGenerator generator, Tensor prompt) =>
        generator.Generate(prompt, null, new GenerationOptions { MaxNewTokens = NewTokens, EosTokenIds = [] }).Dispose();

    // A text that repeats its prompt, with drafts of so many tokens. Gives the number of passes.
    private static int Repeat(TextGenerator generator, int drafts)
    {
        using Tensor prompt = tensor(Enumerable.Repeat(Round.Select(id => (long)id), 3).SelectMany(ids => ids).ToArray(), [1, 3 * Round.Length]);
        using GenerationResult result = generator.Run(prompt, null, new GenerationOptions
        {
            MaxNewTokens = RepeatedTokens,
            EosTokenIds = [],
            PromptLookupNumTokens = drafts,
            SequenceBias = [.. Round.Select((id, i) => new SequenceBias([id, Round[(i + 1) % Round.Length]], 1000))],
        });
        return result.Passes;
    }

    // The floor of a step with one row: every weight is read once.
    private static void ReadAll(Tensor memory, long elements)
    {
        using DisposeScope scope = NewDisposeScope();
        _ = memory.narrow(0, 0, elements).view(-1).max().item<float>();
    }

    private static void Prefill(CausalLanguageModel model, Tensor prompt)
    {
        using IDisposable untracked = no_grad();
        model.Logits(new ModelInput(prompt) { LastOnly = true }).Dispose();
    }

    private static void Multiply(Tensor[] weights, Tensor wide)
    {
        using IDisposable untracked = no_grad();
        foreach (Tensor weight in weights)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor input = wide.narrow(1, 0, weight.size(1));
            _ = nn.functional.linear(weight.size(0) == Shape.VocabularySize ? input.narrow(0, 0, 1) : input, weight);   // the head sees the last token only
        }
    }
}
