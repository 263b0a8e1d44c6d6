using System.Globalization;
using System.Reflection;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Models;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Declared.Memory;

/// <summary>A process of its own that trains a declared model for two steps and prints the most memory that it had.</summary>
internal static class MemoryProgram
{
    internal const string Answer = "peak ";

    /// <param name="assembly">The file of the compiled declaration.</param>
    /// <param name="directory">A directory with the config.json of the base, whose weights are drawn.</param>
    /// <param name="shape">Rows and tokens of a step: <c>8x256</c>.</param>
    internal static int Run(string assembly, string directory, string shape)
    {
        long[] size = [.. shape.Split('x').Select(number => long.Parse(number, CultureInfo.InvariantCulture))];
        LlamaConfig config = LlamaConfig.Load(directory);
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;
        Type declared = Assembly.LoadFrom(assembly).GetType("Declared.Persona", throwOnError: true)!;
        using (var model = (PretrainedModel)declared.GetMethod("FromConfig", Own)!.Invoke(null, [config, null, 0])!)
        {
            if (declared.GetProperty("Plan", Own)?.GetValue(null) is TrainingPlan { Precision: Precision.BFloat16 })
            {
                model.Use(Precision.BFloat16);
            }

            Train(model, size, config.VocabularySize);
        }

        Console.WriteLine(FormattableString.Invariant($"{Answer}{Peak()}"));
        return 0;
    }

    private static void Train(PretrainedModel model, long[] size, long vocabulary)
    {
        using var optimizer = new AdamW(model.TrainableParameters);
        model.train();
        for (int step = 0; step < 2; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor ids = randint(0, vocabulary, size, dtype: ScalarType.Int64);
            model.SumLoss(new MicroBatch(ids, ids)).backward();
            optimizer.Step(1e-4);
            foreach ((_, TorchSharp.Modules.Parameter value) in model.TrainableParameters)
            {
                value.grad = null;
            }
        }
    }

    private static long Peak() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
