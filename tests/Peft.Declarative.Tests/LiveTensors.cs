using static TorchSharp.torch;

namespace Peft.Declarative.Tests;

/// <summary>Counts tensors for tests that look for leaks.</summary>
internal static class LiveTensors
{
    /// <summary>
    /// Tensors made by this thread that nobody has freed; what the collector has freed counts too, since it does so on a thread of its own. It is
    /// right for parameters also, of which each adds one to Tensor.TotalCount for ever: that of the tensor whose handle it takes over.
    /// </summary>
    internal static long OfThisThread => TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    /// <summary>
    /// Live tensors once the collector has taken what other tests left to it. At the end of a test take Tensor.TotalCount instead: there the
    /// collector must not help, or a step that leaks would pass.
    /// </summary>
    internal static long CountAfterCollection()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
