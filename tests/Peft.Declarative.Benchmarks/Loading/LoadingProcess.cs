using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.Adapters;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Models;
using Peft.Declarative.Native;
using Peft.Declarative.Slots;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Loading;

/// <summary>One way to load, in a process of its own: prints its seconds and the most bytes that were resident.</summary>
internal static class LoadingProcess
{
    private const int Buffer = 8 << 20;

    internal static IReadOnlyList<string> Ways { get; } =
    [
        "nothing loaded",
        "the file read into a buffer",
        "loaded, every weight touched",
        "loaded, and a forward pass of 64 tokens",
        "quantised to NF4 while loading",
        "quantised, and a forward pass of 64 tokens",
        "quantised, and 3 LoRA steps of 64 tokens",
    ];

    internal static void Run(string way, string directory)
    {
        NativeStartup.EnsureLoaded();
        ones(1).Dispose();   // the native library is not part of any way
        long start = Stopwatch.GetTimestamp();
        using PretrainedModel? model = Load(Ways.ToList().IndexOf(way), directory);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.Write(string.Create(CultureInfo.InvariantCulture, $"{seconds:F4} {PeakMemory.Bytes()}"));
    }

    private static PretrainedModel? Load(int way, string directory)
    {
        switch (way)
        {
            case 0:
                return null;
            case 1:
                ReadFile(Path.Combine(directory, ModelDirectory.WeightsName));
                return null;
        }

        PretrainedModel model = ModelCatalog.Load(directory);
        if (way >= 4)
        {
            model.Quantize(new QuantizationSettings());
        }

        switch (way)
        {
            case 2:
                TouchEveryWeight(model);
                break;
            case 3 or 5:
                Forward((CausalLanguageModel)model);
                break;
            case 6:
                Train((CausalLanguageModel)model);
                break;
        }

        return model;
    }

    private static void ReadFile(string path)
    {
        byte[] buffer = GC.AllocateUninitializedArray<byte>(Buffer);
        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        while (stream.Read(buffer) > 0)
        {
        }
    }

    private static unsafe void TouchEveryWeight(PretrainedModel model)
    {
        const int Page = 4096;
        long sum = 0;
        foreach (LayerSlot place in SlotTree.Layers(model))
        {
            byte* first = (byte*)RawTensor.Address(place.Base!.weight);
            long bytes = place.Base.weight.numel() * place.Base.weight.element_size();
            for (long at = 0; at < bytes; at += Page)
            {
                sum += first[at];
            }
        }

        GC.KeepAlive(sum);
    }

    private static void Forward(CausalLanguageModel model)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable untracked = no_grad();
        model.forward(Ids());
    }

    private static void Train(CausalLanguageModel model)
    {
        var adapter = new Adapter("default", new LoraConfig { Rank = 8, Targets = [LayerAdapterAttribute.AllLinear] });
        AdapterWiring.Attach(model, adapter);
        model.Adapters.Adopt(adapter);
        using var optimizer = new Peft.Declarative.Training.Optimizers.AdamW(model.TrainableParameters);
        model.train();
        for (int step = 0; step < 3; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor ids = Ids();
            model.SumLoss(new MicroBatch(ids, ids)).backward();
            optimizer.Step(1e-4);
            foreach ((_, TorchSharp.Modules.Parameter value) in model.TrainableParameters)
            {
                value.grad = null;
            }
        }
    }

    private static Tensor Ids() => randint(0, 32_000, [1, 64], dtype: ScalarType.Int64);
}
