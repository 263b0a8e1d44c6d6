using System.Text.Json.Nodes;
using Peft.Declarative.Checkpoints;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Hardening.Crashes;

/// <summary>Saves one adapter after another into the same directory, until it is killed. Each is marked throughout by its number.</summary>
internal static class SavingVictim
{
    internal const string Ready = "ready";

    /// <summary>Field of the configuration that holds the number.</summary>
    internal const string Number = "number";

    private const int Tensors = 8;
    private const int Values = 1 << 15;

    internal static int Run(string folder)
    {
        int first = File.Exists(Path.Combine(folder, AdapterDirectory.ConfigName)) ? Saved(folder).Weights + 1 : 1;
        Console.WriteLine(Ready);
        for (int number = first; ; number++)
        {
            using DisposeScope scope = NewDisposeScope();
            AdapterDirectory.Write(
                folder,
                new JsonObject { ["peft_type"] = "LORA", [Number] = number },
                Enumerable.Range(0, Tensors).ToDictionary(i => $"tensor.{i}", _ => full(Values, number, dtype: ScalarType.Float32)));
        }
    }

    /// <summary>Numbers of the adapter that a directory holds. A file that is not whole, or of two adapters, is an error.</summary>
    internal static (int Weights, int Config) Saved(string folder)
    {
        using AdapterFiles files = AdapterDirectory.Read(folder);
        using DisposeScope scope = NewDisposeScope();
        float[] numbers = [.. files.Tensors.Values.SelectMany(tensor => new[] { tensor.min().item<float>(), tensor.max().item<float>() }).Distinct()];
        Assert.Equal(Tensors, files.Tensors.Count);
        return ((int)Assert.Single(numbers), files.Config[Number]!.GetValue<int>());
    }
}
