using System.Globalization;
using Peft.Declarative.Training;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;
using Optimizer = Peft.Declarative.Training.Optimizers.Optimizer;
using Parameter = TorchSharp.Modules.Parameter;

namespace Peft.Declarative.Benchmarks.Training;

/// <summary>What a step does after its gradients: clip, update, zero. Parameters in one buffer take turns with parameters in memory of their own.</summary>
internal static class OptimizerBenchmark
{
    private const int Rounds = 51;

    // LoRA r=8 on all seven linear layers of each block: a model of stories, and a Llama of one billion parameters.
    private static readonly (string Name, int Layers, long Hidden, long Wide)[] Shapes = [("hidden 64", 5, 64, 172), ("hidden 2048", 16, 2048, 8192)];

    internal static void Run(string[] arguments)
    {
        Console.WriteLine($"{get_num_threads()} threads, {Rounds} rounds; microseconds");
        Console.WriteLine($"{"",-14} {"",-12} {"parameters",10} {"values",12} {"apart",10} {"together",10} {"apart / together",18}");
        foreach ((string name, int layers, long hidden, long wide) in Shapes)
        {
            foreach (OptimizerType type in new[] { OptimizerType.AdamW, OptimizerType.Lion, OptimizerType.Sgd, OptimizerType.RAdam, OptimizerType.Adamax, OptimizerType.AdamW8Bit })
            {
                using DisposeScope scope = NewDisposeScope();
                FlatParameters apart = FlatParameters.Over(Make(layers, hidden, wide));
                using FlatParameters together = FlatParameters.Move(Make(layers, hidden, wide));
                using Optimizer one = OptimizerCatalog.Make(type, apart, weightDecay: 0.01), other = OptimizerCatalog.Make(type, together, weightDecay: 0.01);
                double[][] seconds = Turns.Seconds(Rounds, [Step(apart, one), Step(together, other)]);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{name,-14} {type,-12} {apart.Count,10} {apart.Sum(parameter => parameter.Value.numel()),12:N0} {1e6 * Turns.Median(seconds[0]),10:F0} {1e6 * Turns.Median(seconds[1]),10:F0} {Turns.Ratio(seconds[0], seconds[1]),18:F2}"));
            }
        }
    }

    private static Action Step(FlatParameters parameters, Optimizer optimizer)
    {
        var gradients = new RunGradients(parameters);
        foreach ((_, Parameter value) in parameters)
        {
            value.grad = ones_like(value);
        }

        return () =>
        {
            using DisposeScope scope = NewDisposeScope();
            gradients.Clip(1);
            optimizer.Step(1e-4);
            gradients.Use();
            gradients.ClearUsed();
        };
    }

    private static (string, Parameter)[] Make(int layers, long hidden, long wide)
    {
        (long In, long Out)[] linear = [(hidden, hidden), (hidden, hidden), (hidden, hidden), (hidden, hidden), (hidden, wide), (hidden, wide), (wide, hidden)];
        return
        [
            .. from layer in Enumerable.Range(0, layers)
               from one in linear.Select((shape, i) => (shape, i))
               from parameter in new[] { ("A", new Parameter(randn(8, one.shape.In))), ("B", new Parameter(randn(one.shape.Out, 8))) }
               select ($"{layer}.{one.i}.{parameter.Item1}", parameter.Item2),
        ];
    }
}
