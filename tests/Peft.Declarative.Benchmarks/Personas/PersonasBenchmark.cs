using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.Adapters;
using Peft.Declarative.Benchmarks.Training;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Personas;

/// <summary>
/// Rows of one batch with 1, 4 and 32 adapters against all rows with one active adapter, in turns; what an adapter costs while hundreds are loaded; and a server.
/// </summary>
internal static class PersonasBenchmark
{
    private const int Rows = 32;
    private const int PromptLength = 64;
    private const int NewTokens = 48;
    private const int Switches = 40;
    private const int DefaultRounds = 6;

    private static readonly string[] Parts = ["server", "stacks", "pool", "soak"];
    private static readonly int[] Mixtures = [1, 4, 32];
    private static readonly int[] Loaded = [2, 64, 512];

    /// <param name="arguments">Number of rounds, if not 6; "server", "stacks", "pool" or "soak" for one part alone, and then the number of personas and their rank, or of requests.</param>
    internal static void Run(string[] arguments)
    {
        int rounds = arguments.Length > 0 && int.TryParse(arguments[0], CultureInfo.InvariantCulture, out int asked) ? asked : DefaultRounds;
        string part = arguments.FirstOrDefault(argument => Parts.Contains(argument)) ?? "all";
        (LlamaConfig shape, int rank, string length) = part switch
        {
            "pool" => (PoolBenchmark.Shape, Number(2, 8), ""),
            "soak" => (SoakBenchmark.Shape, 8, ""),
            _ => (BenchmarkModel.Shape, 8, $", {rounds} rounds"),
        };
        Console.WriteLine($"hidden {shape.HiddenSize}, {shape.LayerCount} layers; LoRA r={rank} on all linear layers; {get_num_threads()} threads{length}");
        if (part == "all")
        {
            Mix(rounds);
            Load();
        }

        if (part is "all" or "stacks")
        {
            using CausalLanguageModel model = Model(Rows + 1);
            StackBenchmark.Run(model, [.. Enumerable.Range(0, Rows).Select(Name)], Name(Rows), rounds);
        }

        if (part is "all" or "server")
        {
            ServerBenchmark.RunAsync(rounds).GetAwaiter().GetResult();
        }

        if (part == "pool")
        {
            PoolBenchmark.RunAsync(Number(1, 1_000), rank).GetAwaiter().GetResult();
        }

        if (part == "soak")
        {
            SoakBenchmark.RunAsync(Number(1, 10_000)).GetAwaiter().GetResult();
        }

        int Number(int place, int usual) => arguments.Length > place ? int.Parse(arguments[place], CultureInfo.InvariantCulture) : usual;
    }

    private static void Mix(int rounds)
    {
        using CausalLanguageModel model = Model(Mixtures.Max());
        var generator = new TextGenerator(model);
        using Tensor words = randint(2, 200, [Rows, 1], dtype: ScalarType.Int64);
        using Tensor prompts = randint(2, 200, [Rows, PromptLength], dtype: ScalarType.Int64);
        var options = new GenerationOptions { MaxNewTokens = NewTokens, EosTokenIds = [] };
        string[]?[] names = [null, .. Mixtures.Select(count => Enumerable.Range(0, Rows).Select(row => Name(row % count)).ToArray())];

        Console.WriteLine($"{Rows} rows of one batch, speed against all rows with one active adapter");
        Console.WriteLine($"{"adapters",-10} {"decode ms",10} {"ratio",7} {"prefill ms",11} {"ratio",7}");
        double[][] decode = Turns.Seconds(rounds, [.. names.Select<string[]?, Action>(adapters => () => generator.Generate(words, null, options, adapters).Dispose())]);
        double[][] prefill = Turns.Seconds(rounds, [.. names.Select<string[]?, Action>(adapters => () =>
        {
            using IDisposable untracked = no_grad();
            model.Logits(new ModelInput(prompts) { Adapters = adapters, LastOnly = true }).Dispose();
        })]);
        for (int i = 0; i < names.Length; i++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{(i == 0 ? "active" : Mixtures[i - 1].ToString(CultureInfo.InvariantCulture)),-10} {1000 * Turns.Median(decode[i]),10:F1} {Turns.Ratio(decode[0], decode[i]),7:F2} {1000 * Turns.Median(prefill[i]),11:F1} {Turns.Ratio(prefill[0], prefill[i]),7:F2}"));
        }
    }

    private static void Load()
    {
        string folder = Directory.CreateTempSubdirectory("peft-personas-").FullName;
        try
        {
            using CausalLanguageModel model = Model(1);
            model.Adapters[0].Save(folder);
            Console.WriteLine($"{"loaded",-10} {"load ms",10} {"switch ms",10} {"to 2",7}");
            double first = 0;
            using Tensor word = randint(2, 200, [1, 1], dtype: ScalarType.Int64);
            foreach (int count in Loaded)
            {
                double load = 0;
                while (model.Adapters.Count < count)
                {
                    load = Time(() => model.Adapters.Load(folder, Name(model.Adapters.Count)));
                }

                double change = Turns.Median([.. Enumerable.Range(0, Switches).Select(i => Time(() =>
                {
                    using IDisposable untracked = no_grad();
                    model.Adapters.Activate(Name(i % 2));
                    model.Logits(new ModelInput(word)).Dispose();
                }))]);
                first = first == 0 ? change : first;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,-10} {load,10:F1} {change,10:F2} {change / first,7:F2}"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static CausalLanguageModel Model(int adapters)
    {
        CausalLanguageModel model = LlamaForCausalLM.FromConfig(BenchmarkModel.Shape, seed: 1);
        for (int i = 0; i < adapters; i++)
        {
            var adapter = new Adapter(Name(i), new LoraConfig { Rank = 8, Alpha = 16, Targets = [LayerAdapterAttribute.AllLinear], Init = LoraInit.Random });
            AdapterWiring.Attach(model, adapter);
            model.Adapters.Adopt(adapter);
        }

        model.Adapters.Activate(Name(0));
        model.eval();
        return model;
    }

    private static string Name(int index) => $"persona-{index}";

    private static double Time(Action run)
    {
        var watch = Stopwatch.StartNew();
        run();
        return watch.Elapsed.TotalMilliseconds;
    }
}
