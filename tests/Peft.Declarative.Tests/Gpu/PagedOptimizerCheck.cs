using Peft.Declarative.Tests.Fixtures;
using Peft.Declarative.Training.Optimizers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>Optimizers whose states are in host memory between steps do what those beside the parameters do, to the bit.</summary>
internal static class PagedOptimizerCheck
{
    /// <summary>The optimizers, and the same without paging.</summary>
    internal static IReadOnlyList<(OptimizerType Paged, OptimizerType Beside)> Pairs { get; } =
    [
        (OptimizerType.PagedAdamW, OptimizerType.AdamW),
        (OptimizerType.PagedAdamW8Bit, OptimizerType.AdamW8Bit),
        (OptimizerType.PagedLion, OptimizerType.Lion),
        (OptimizerType.PagedLion8Bit, OptimizerType.Lion8Bit),
    ];

    internal static string Run(DeviceCheckOptions options)
    {
        foreach ((OptimizerType paged, OptimizerType beside) in Pairs)
        {
            Compare(paged, beside, shared: true, options.Device);
            Compare(paged, beside, shared: false, options.Device);
        }

        return $"{Pairs.Count} optimizers";
    }

    private static void Compare(OptimizerType paged, OptimizerType beside, bool shared, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        List<Tensor> expected = Train(beside, shared, device);
        List<Tensor> actual = Train(paged, shared, device);
        for (int i = 0; i < expected.Count; i++)
        {
            Close.Bits(expected[i], actual[i], $"{paged}, {(shared ? "one buffer" : "apart")}, {i}");
        }
    }

    // The last parameter is too small for 8 bits.
    private static List<Tensor> Train(OptimizerType type, bool shared, Device device)
    {
        Parameter[] values = [.. new long[] { 80, 70, 3 }.Select(size => new Parameter(ones(size, size, device: device)))];
        (string, Parameter)[] named = [.. values.Select((value, i) => ($"p{i}", value))];
        using FlatParameters? flat = shared ? FlatParameters.Move(named) : null;
        using Optimizer optimizer = OptimizerCatalog.Make(type, flat is null ? named : flat, weightDecay: 0.01);
        for (int step = 0; step < 4; step++)
        {
            random.manual_seed(step);
            foreach (Parameter value in values)
            {
                value.grad = randn(value.shape).to(device);
            }

            optimizer.Step(0.01);
        }

        bool isPaged = Pairs.Any(pair => pair.Paged == type);
        Assert.All(
            optimizer.State.Where(state => !state.Key.StartsWith("step.", StringComparison.Ordinal)),
            state => Assert.Equal(isPaged ? DeviceType.CPU : device.type, state.Value.device_type));
        return [.. values.Select(value => value.detach().cpu()), .. optimizer.State.Values.Select(state => state.cpu().clone())];
    }
}
