using static TorchSharp.torch;

namespace Peft.Declarative.Tests;

/// <summary>Counts tensors for tests that look for leaks.</summary>
internal static class LiveTensors
{
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
