using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Personas;

/// <summary>What it costs to stack the tensors of adapters for a batch: a step with the stacks of the step before, and one that makes them, in turns.</summary>
internal static class StackBenchmark
{
    private const int Prompt = 16;
    private const int Steps = 24;

    internal static void Run(CausalLanguageModel model, string[] names, int rounds)
    {
        using IDisposable untracked = no_grad();
        using var cache = new KeyValueCache(model.Config.LayerCount);
        using var kept = new RowRouting(names, CPU, keepsStacks: true);
        using Tensor prompts = randint(2, 200, [names.Length, Prompt], dtype: ScalarType.Int64);
        using Tensor words = randint(2, 200, [names.Length, 1], dtype: ScalarType.Int64);
        Step(kept, prompts);
        List<double> steady = [], stacking = [], ratios = [];
        for (int round = 0; round < rounds; round++)
        {
            double same = Median(() => Step(kept, words)), anew = Median(() =>
            {
                using var changed = new RowRouting(names, CPU, keepsStacks: true);
                Step(changed, words);
            });
            steady.Add(same);
            stacking.Add(anew);
            ratios.Add(anew / same);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a step of {names.Length} rows of {names.Distinct().Count()} adapters: {Middle(steady):F1} ms; after rows have changed {Middle(stacking):F1} ms ({Middle(ratios):F2})"));

        void Step(RowRouting routing, Tensor ids)
        {
            using DisposeScope scope = NewDisposeScope();
            using RoutingPass pass = model.Adapters.Routing.Enter(routing);
            model.LogitsOf(model.HiddenStates(new ModelInput(ids) { Cache = cache }));
        }
    }

    private static double Median(Action step) => Middle([.. Enumerable.Range(0, Steps).Select(_ =>
    {
        var watch = Stopwatch.StartNew();
        step();
        return watch.Elapsed.TotalMilliseconds;
    })]);

    private static double Middle(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
