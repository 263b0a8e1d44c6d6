using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>A check of the device program.</summary>
/// <param name="Name">The argument that selects it.</param>
/// <param name="Run">Runs it and returns what it found, or throws.</param>
internal sealed record DeviceCheck(string Name, Func<DeviceCheckOptions, string> Run)
{
    /// <summary>All checks, in the order in which they are worth their time on a machine that is lent for minutes.</summary>
    internal static IReadOnlyList<DeviceCheck> All { get; } =
    [
        new("native", NativeCheck.Run),
        new("parity", ParityCheck.Run),
        new("methods", MethodCheck.Run),
        new("optimizers", PagedOptimizerCheck.Run),
        new("training", options => TrainingSpeedCheck.Run(options, _ => { })),
        new("qlora", options => TrainingSpeedCheck.Run(options, model => model.Quantize(new QuantizationSettings()))),
        new("generation", GenerationSpeedCheck.Run),
    ];
}

/// <summary>What the checks run on.</summary>
/// <param name="Device">The device.</param>
/// <param name="IsRehearsal">Whether sizes are such that a CPU needs seconds.</param>
internal sealed record DeviceCheckOptions(Device Device, bool IsRehearsal)
{
    /// <summary>Steps of each method.</summary>
    internal int MethodSteps => IsRehearsal ? 8 : 300;

    /// <summary>The shape of the speed checks: a billion parameters.</summary>
    internal LlamaConfig Shape => IsRehearsal ? TinyModels.LlamaConfig : TinyModels.LlamaConfig with
    {
        VocabularySize = 32_000,
        HiddenSize = 2048,
        LayerCount = 22,
        HeadCount = 32,
        KeyValueHeadCount = 4,
        HeadSize = 64,
        MaxPositions = 2048,
        InitializerRange = 0.02,
        IntermediateSize = 5632,
        Rotary = new([.. Enumerable.Range(0, 32).Select(i => Math.Pow(10_000.0, -i / 32.0))]),
    };

    /// <summary>Rows of a training step.</summary>
    internal int Batch => 4;

    /// <summary>Tokens of a row.</summary>
    internal int Time => IsRehearsal ? 16 : 1024;

    /// <summary>Waits until the device has done what it was given.</summary>
    internal void Synchronize()
    {
        if (Device.type == DeviceType.CUDA)
        {
            cuda.synchronize();
        }
    }
}
