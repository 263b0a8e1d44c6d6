using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using Peft.Declarative.Adapters;
using Peft.Declarative.Benchmarks.Training;
using Peft.Declarative.Models;
using Peft.Declarative.Native;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Personas;

/// <summary>Many personas on disk of which 64 are in memory: the first token of one that is not, the memory of those that are, and a switch among many.</summary>
internal static class PoolBenchmark
{
    private const int Resident = 64;
    private const int Cold = 300;
    private const int Switches = 1_000;
    private const int MostWarmUps = 50;

    internal static readonly LlamaConfig Shape = BenchmarkModel.Shape with { HiddenSize = 256, IntermediateSize = 768, HeadCount = 4, KeyValueHeadCount = 4 };

    private static readonly GenerationOptions Greedy = new() { MaxNewTokens = 1, EosTokenIds = [], UseCache = true };

    /// <param name="personas">The number of personas on disk.</param>
    /// <param name="rank">The rank of their LoRA on all linear layers.</param>
    internal static async Task RunAsync(int personas, int rank)
    {
        string folder = Directory.CreateTempSubdirectory("peft-pool-").FullName;
        try
        {
            using CausalLanguageModel model = LlamaForCausalLM.FromConfig(Shape, seed: 1);
            model.eval();
            long file = Prepare(model, folder, personas, rank);
            using var batch = new ContinuousBatch(model);
            Answer(batch, null);   // once for what the first pass makes

            var pool = new AdapterPool(model.Adapters, folder) { Capacity = file * Resident };
            await WarmUpAsync(pool, batch);
            long before = Memory();
            await UseAsync(pool, batch, 0, Resident);
            long full = Memory();
            Say($"{personas} personas of {file / 1024.0:F0} KiB; {pool.Resident.Count} in memory: {pool.ResidentBytes / 1048576.0:F1} MiB of tensors; each takes {(full - before) / (double)(file * Resident):F2} of its file");

            List<double> loads = [], firsts = [], steps = [];
            for (int i = 0; i < Cold; i++)
            {
                string name = Name(Resident + (i * 7 % (personas - Resident)));
                var watch = Stopwatch.StartNew();
                using AdapterLease lease = await pool.RentAsync(name);
                loads.Add(watch.Elapsed.TotalMilliseconds);
                firsts.Add(Time(() => Answer(batch, lease.Name)));
                steps.Add(Time(() => Answer(batch, lease.Name)));
            }

            Say($"not in memory: loaded in {At(loads, 0.5):F1} ms (p99 {At(loads, 0.99):F1}), first answer in {At(firsts, 0.5):F1} ms more (p99 {At(firsts, 0.99):F1}), the next in {At(steps, 0.5):F1} ms");
            Say($"after {Cold} more: {pool.Resident.Count} in memory, {(Memory() - full) / 1048576.0:F1} MiB more resident");

            full = Memory();
            long managed = GC.GetTotalMemory(forceFullCollection: true);
            var all = new AdapterPool(model.Adapters, folder) { Capacity = long.MaxValue };
            await UseAsync(all, batch, 0, personas);
            Say($"all {all.Resident.Count} in memory: each takes {(Memory() - full) / (double)(all.Resident.Count * file):F2} of its file, {(GC.GetTotalMemory(forceFullCollection: true) - managed) / 1024.0 / all.Resident.Count:F0} KiB of it managed objects");
            await SwitchAsync(all, batch, personas);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // .NET compiles methods again while they are used, which takes as much memory as some personas.
    private static async Task WarmUpAsync(AdapterPool pool, ContinuousBatch batch)
    {
        int still = 0;
        for (int round = 0; round < MostWarmUps && still < 3; round++)
        {
            long compiled = JitInfo.GetCompiledMethodCount();
            await UseAsync(pool, batch, 0, Resident);
            foreach (string name in pool.Resident)
            {
                await pool.RemoveAsync(name);
            }

            still = JitInfo.GetCompiledMethodCount() == compiled ? still + 1 : 0;
        }
    }

    private static async Task UseAsync(AdapterPool pool, ContinuousBatch batch, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            using AdapterLease lease = await pool.RentAsync(Name(i));
            Answer(batch, lease.Name);
        }
    }

    // Answers among two and among all, in turns.
    private static async Task SwitchAsync(AdapterPool pool, ContinuousBatch batch, int personas)
    {
        List<double>[] times = [[], []];
        for (int i = 0; i < Switches; i++)
        {
            var watch = Stopwatch.StartNew();
            using AdapterLease lease = await pool.RentAsync(Name(i % 2 == 0 ? i / 2 % 2 : i * 13 % personas));
            Answer(batch, lease.Name);
            times[i % 2].Add(watch.Elapsed.TotalMilliseconds);
        }

        Say($"a token by turns of 2: {At(times[0], 0.5):F2} ms; of {personas}: {At(times[1], 0.5):F2} ms ({At([.. times[0].Zip(times[1], (two, many) => many / two)], 0.5):F2})");
    }

    private static void Answer(ContinuousBatch batch, string? adapter)
    {
        BatchRow row = batch.Add([2, 3, 5, 7], adapter, Greedy);
        batch.Step();
        if (row.FinishReason != FinishReason.Length)
        {
            throw new InvalidOperationException($"'{adapter}' gave no answer.", row.Error);
        }
    }

    // All with the same numbers, which no measurement depends on.
    private static long Prepare(CausalLanguageModel model, string folder, int personas, int rank)
    {
        var adapter = new Adapter("first", new LoraConfig { Rank = rank, Alpha = 2 * rank, Targets = [LayerAdapterAttribute.AllLinear], Init = LoraInit.Random });
        model.Adapters.Attach(adapter);
        string first = Path.Combine(folder, Name(0));
        adapter.Save(first);
        model.Adapters.Remove("first");
        for (int i = 1; i < personas; i++)
        {
            Directory.CreateDirectory(Path.Combine(folder, Name(i)));
            foreach (string file in Directory.GetFiles(first))
            {
                File.Copy(file, Path.Combine(folder, Name(i), Path.GetFileName(file)));
            }
        }

        return Directory.GetFiles(first, "*.safetensors").Sum(file => new FileInfo(file).Length);
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        HeapSettings.ReturnFreedMemory();
        return Environment.WorkingSet;
    }

    private static double Time(Action run)
    {
        var watch = Stopwatch.StartNew();
        run();
        return watch.Elapsed.TotalMilliseconds;
    }

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private static double At(List<double> values, double share) => values.Order().ElementAt(Math.Min(values.Count - 1, (int)(values.Count * share)));

    private static string Name(int index) => $"persona-{index}";
}
