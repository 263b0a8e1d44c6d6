using Peft.Declarative.Adapters.Pool;
using Peft.Declarative.Models;
using Peft.Declarative.Slots;
using Peft.Declarative.Tests.Methods;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Adapters;

/// <summary>What a persona of common size takes in memory, by what is live and not by what the process holds.</summary>
public sealed class PersonaSizeTests
{
    private const int First = 8;     // what is made once is made with these
    private const int Count = 32;    // the memory of tensors grows by blocks, which 32 fill

    [Fact]
    public async Task Persona_ThatIsResident_TakesAtMostATenthMoreThanItsFile()
    {
        using var folder = new TemporaryFolder();
        using CausalLanguageModel model = LlamaForCausalLM.FromConfig(
            TinyModels.LlamaConfig with { HiddenSize = 512, HeadCount = 8, KeyValueHeadCount = 8, HeadSize = 64, LayerCount = 4, Rotary = new(Frequencies(64)) }, seed: 1);
        Adapter made = Invariants.Attach(model, new LoraConfig { Rank = 8, Targets = ["q_proj", "v_proj"] }, "made");
        foreach (int i in Enumerable.Range(0, Count))
        {
            made.Save(folder[$"{i}"]);
        }

        model.Adapters.Remove("made");
        model.eval();
        long file = new FileInfo(Path.Combine(folder["0"], "adapter_model.safetensors")).Length;
        var pool = new AdapterPool(model.Adapters, folder.Path);
        await RentAsync(pool, 0, First);
        (long managed, long live) = (LiveBytes(), await LiveTensorsAsync());

        await RentAsync(pool, First, Count);

        managed = LiveBytes() - managed;
        long added = await LiveTensorsAsync() - live;
        AdapterTensor[] tensors = [.. Enumerable.Range(First, Count - First).SelectMany(i => model.Adapters[$"{i}"].Tensors)];
        long bytes = tensors.Sum(tensor => tensor.Value.numel() * tensor.Value.element_size());
        double ratio = (bytes + managed) / (double)(file * (Count - First));
        Assert.Equal(Count, pool.Resident.Count);
        Assert.Equal(tensors.Length + Blocks(model), added);   // nothing else is live, such as a second copy
        Assert.True(ratio <= 1.1, $"{ratio:0.000} of the file, of which managed objects are {managed / (double)(file * (Count - First)):0.000}");
    }

    // Two blocks more for each shape at a layer: one of 8 rows and one of 16.
    private static int Blocks(CausalLanguageModel model) => 2 * model.Adapters["0"].Tensors.Count;

    private static double[] Frequencies(int width) => [.. Enumerable.Range(0, width / 2).Select(i => Math.Pow(10_000, -2.0 * i / width))];

    private static async Task RentAsync(AdapterPool pool, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            (await pool.RentAsync($"{i}")).Dispose();
        }
    }

    private static Task<long> LiveTensorsAsync() => LoadingThread.RunAsync(() => LiveTensors.OfThisThread);

    private static long LiveBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
