using System.Diagnostics;
using System.Reflection;
using static TorchSharp.torch;

namespace Peft.Declarative.Native.Panels;

/// <summary>
/// Whether <see cref="PanelProduct"/> is faster on this machine than libtorch. On AMD's processors, libtorch's MKL uses vectors of 256 bits, and products take twice
/// as long where 512 are at full pace; on Intel's, MKL is the faster one. It is measured once per machine.
/// </summary>
internal static class PanelSpeed
{
    // A product of a training step: with fewer rows, it is the packing of the weight that is timed.
    private const int Rows = 256;
    private const int Side = 1024;

    // Both are as exact, and the answer is kept. Where noise decides, both take about the same time.
    private const double LeastGain = 1.03;

    private static readonly Lazy<bool> Answer = new(() => IsOptimized && MachineAnswers.OfUser.Ask(nameof(PanelProduct), Measure));

    /// <summary>The answer for tests, where the processor has the instructions; <see langword="null"/> (the default) to ask the machine.</summary>
    internal static bool? IsAssumed { get; set; }

    /// <summary>Whether to multiply in panels.</summary>
    internal static bool IsFaster => PanelProduct.IsSupported && (IsAssumed ?? (OpenMpThreads.MayProbe && Answer.Value));

    // A build for the debugger is slow, and its answer would be kept for others.
    private static bool IsOptimized => typeof(PanelProduct).Assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };

    private static unsafe bool Measure()
    {
        using IDisposable untracked = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor left = ones(Rows, Side, device: CPU);   // no random numbers, whose generator a run depends on
        Tensor right = ones(Side, Side, device: CPU);
        var rows = new HostMatrix<float>((float*)RawTensor.Address(left), Rows, Side, Side, 1);
        var columns = new DenseSource<float>(new HostMatrix<float>((float*)RawTensor.Address(right), Side, Side, 1, Side));
        return Race.IsFaster(
            () =>
            {
                Tensor result = left.new_empty(Rows, Side);
                PanelProduct.Multiply(rows, columns, new HostMatrix<float>((float*)RawTensor.Address(result), Rows, Side, Side, 1), adds: false);
                return result;
            },
            () => nn.functional.linear(left, right),
            LeastGain);
    }
}
