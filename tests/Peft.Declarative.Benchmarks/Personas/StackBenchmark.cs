using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Slots.Rows;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Personas;

/// <summary>
/// What it costs to stack the tensors of adapters for a batch: a step with the stacks of the step before, one after a row of another adapter has taken the place
/// of one, and one that makes all stacks, in turns.
/// </summary>
internal static class StackBenchmark
{
    private const int Prompt = 16;
    private const int Steps = 24;

    /// <param name="model">The model.</param>
    /// <param name="names">The adapters of the rows.</param>
    /// <param name="other">An adapter that takes the places of others, one after another.</param>
    /// <param name="rounds">The number of rounds.</param>
    internal static void Run(CausalLanguageModel model, string[] names, string other, int rounds)
    {
        using IDisposable untracked = no_grad();
        using var cache = new KeyValueCache(model.Config.LayerCount);
        using var stacks = new StackMemory();
        using var changing = new StackMemory();
        using var kept = new RowRouting(names, CPU, stacks);
        using Tensor prompts = randint(2, 200, [names.Length, Prompt], dtype: ScalarType.Int64);
        using Tensor words = randint(2, 200, [names.Length, 1], dtype: ScalarType.Int64);
        Step(kept, prompts);
        List<double> steady = [], one = [], all = [];
        int place = 0;
        for (int round = 0; round < rounds; round++)
        {
            steady.Add(Median(() => Step(kept, words)));
            one.Add(Median(() =>
            {
                place++;
                using var changed = new RowRouting([.. names.Select((name, row) => row == place % names.Length ? other : name)], CPU, changing);
                Step(changed, words);
            }));
            all.Add(Median(() =>
            {
                using var anew = new StackMemory();
                using var changed = new RowRouting(names, CPU, anew);
                Step(changed, words);
            }));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"a step of {names.Length} rows of {names.Distinct().Count()} adapters: {Middle(steady):F1} ms; after one row has changed {Middle(one):F1} ms "
            + $"({Middle([.. one.Zip(steady, (step, usual) => step / usual)]):F2}); after all have {Middle(all):F1} ms ({Middle([.. all.Zip(steady, (step, usual) => step / usual)]):F2})"));

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
