using Peft.Declarative.Benchmarks;
using Peft.Declarative.Benchmarks.Generation;
using Peft.Declarative.Benchmarks.Loading;
using Peft.Declarative.Benchmarks.Machine;
using Peft.Declarative.Benchmarks.Memory;
using Peft.Declarative.Benchmarks.Methods;
using Peft.Declarative.Benchmarks.Personas;
using Peft.Declarative.Benchmarks.Products;
using Peft.Declarative.Benchmarks.Quantization;
using Peft.Declarative.Benchmarks.Training;

// dotnet run -c Release --project tests/Peft.Declarative.Benchmarks -- <name> [arguments]
Dictionary<string, Action<string[]>> benchmarks = new(StringComparer.Ordinal)
{
    ["generation"] = GenerationBenchmark.Run,
    ["generator"] = GeneratorBenchmark.Run,
    ["joint"] = JointBenchmark.Run,
    ["loading"] = LoadingBenchmark.Run,
    ["machine"] = MachineBenchmark.Run,
    ["memory"] = MemoryBenchmark.Run,
    ["methods"] = MethodsBenchmark.Run,
    ["optimizers"] = OptimizerBenchmark.Run,
    ["personas"] = PersonasBenchmark.Run,
    ["products"] = ProductBenchmark.Run,
    ["quantization"] = QuantizationBenchmark.Run,
    ["rows"] = RowBenchmark.Run,
    ["tokenizer"] = TokenizerBenchmark.Run,
    ["training"] = TrainingBenchmark.Run,
};

if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out Action<string[]>? run))
{
    Console.Error.WriteLine($"Name a benchmark: {string.Join(", ", benchmarks.Keys)}.");
    return 2;
}

run(args[1..]);
return 0;
